//! The clearinghouse as two folders: we put files into one and take answers from the other. What carries them further
//! (a mounted share, an SFTP client) is not our business.
//!
//! A file appears under its name only when all its bytes are on the disk: written under another name, synced, renamed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use app::clearinghouse::{CarrierError, Clearinghouse, Delivery, InboundFile};

/// Files below this ending are still being written, by us or by the other side.
const UNFINISHED: &str = "part";
/// Where files go that we have stored, inside the inbox.
const TAKEN: &str = "taken";
/// The largest file that is taken into memory: larger ones are no answer of a clearinghouse.
const LARGEST_FILE_BYTES: u64 = 64 * 1024 * 1024;

/// Two folders.
#[derive(Debug, Clone)]
pub struct FolderDrop {
    outbox: PathBuf,
    inbox: PathBuf,
}

impl FolderDrop {
    /// Opens the folders, making them where they are missing.
    ///
    /// # Errors
    /// Where a folder cannot be made.
    pub fn open(outbox: impl Into<PathBuf>, inbox: impl Into<PathBuf>) -> Result<Self, CarrierError> {
        let drop = FolderDrop { outbox: outbox.into(), inbox: inbox.into() };
        for folder in [&drop.outbox, &drop.inbox.join(TAKEN)] {
            fs::create_dir_all(folder).map_err(|error| trouble("make the folder", folder, &error))?;
        }
        Ok(drop)
    }
}

fn trouble(what: &str, path: &Path, error: &io::Error) -> CarrierError {
    CarrierError(format!("Cannot {what} {}: {error}. Check the folder and its rights, then try again.", path.display()))
}

/// A name that stays inside its folder.
fn checked(name: &str) -> Result<&str, CarrierError> {
    let is_plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    if is_plain { Ok(name) } else { Err(CarrierError("The name of the file is not a plain file name.".to_owned())) }
}

impl Clearinghouse for FolderDrop {
    fn deliver(&self, name: &str, bytes: &[u8]) -> Result<Delivery, CarrierError> {
        let target = self.outbox.join(checked(name)?);
        if let Ok(there) = fs::read(&target) {
            if there == bytes {
                return Ok(Delivery::Delivered);
            }
            return Err(CarrierError(format!(
                "{} is there with other bytes. Move it away, then deliver again.",
                target.display()
            )));
        }
        let unfinished = self.outbox.join(format!(".{name}.{UNFINISHED}"));
        let write = || -> io::Result<()> {
            let mut file = File::create(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&unfinished, &target)
        };
        write().map_err(|error| trouble("write", &target, &error))?;
        // The name is there; until the folder itself is synced a power loss could still take it back.
        match File::open(&self.outbox).and_then(|folder| folder.sync_all()) {
            Ok(()) => Ok(Delivery::Delivered),
            Err(_) => Ok(Delivery::Uncertain),
        }
    }

    fn waiting(&self) -> Result<Vec<InboundFile>, CarrierError> {
        let entries = fs::read_dir(&self.inbox).map_err(|error| trouble("read", &self.inbox, &error))?;
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| trouble("read", &self.inbox, &error))?;
            let meta = entry.metadata().map_err(|error| trouble("read", &entry.path(), &error))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let is_unfinished = Path::new(&name).extension().is_some_and(|ending| ending == UNFINISHED);
            if !meta.is_file() || is_unfinished || name.starts_with('.') {
                continue;
            }
            if meta.len() > LARGEST_FILE_BYTES {
                return Err(CarrierError(format!(
                    "{} is larger than 64 MB. Ask the clearinghouse to split it, and move it away.",
                    entry.path().display()
                )));
            }
            let arrived = meta.modified().map_err(|error| trouble("read", &entry.path(), &error))?;
            found.push((arrived, name));
        }
        found.sort();
        found
            .into_iter()
            .map(|(_, name)| {
                let path = self.inbox.join(&name);
                let bytes = fs::read(&path).map_err(|error| trouble("read", &path, &error))?;
                Ok(InboundFile { name, bytes })
            })
            .collect()
    }

    fn taken(&self, name: &str) -> Result<(), CarrierError> {
        let from = self.inbox.join(checked(name)?);
        let to = self.inbox.join(TAKEN).join(name);
        fs::rename(&from, &to).map_err(|error| trouble("move", &from, &error))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // what sets a test up must stop it where it cannot
mod tests {
    use super::*;

    struct Folders(PathBuf);

    impl Folders {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("tierline-drop-{}-{name}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            Folders(path)
        }
        fn open(&self) -> FolderDrop {
            FolderDrop::open(self.0.join("out"), self.0.join("in")).unwrap()
        }
    }

    impl Drop for Folders {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_delivery_may_be_repeated_with_the_same_bytes_only() {
        let folders = Folders::new("repeat");
        let carrier = folders.open();
        assert_eq!(carrier.deliver("a.x12", b"ISA"), Ok(Delivery::Delivered));
        assert_eq!(carrier.deliver("a.x12", b"ISA"), Ok(Delivery::Delivered));
        assert!(carrier.deliver("a.x12", b"other").is_err());
        let names: Vec<_> = fs::read_dir(folders.0.join("out")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["a.x12"]);
        assert_eq!(fs::read(folders.0.join("out/a.x12")).unwrap(), b"ISA");
    }

    #[test]
    fn waiting_files_are_whole_and_offered_until_taken() {
        let folders = Folders::new("waiting");
        let carrier = folders.open();
        fs::write(folders.0.join("in/1.x12"), b"one").unwrap();
        fs::write(folders.0.join("in/2.x12.part"), b"tw").unwrap();
        assert_eq!(carrier.waiting().unwrap().len(), 1);
        assert_eq!(carrier.waiting().unwrap()[0].bytes, b"one");
        carrier.taken("1.x12").unwrap();
        assert!(carrier.waiting().unwrap().is_empty());
        assert!(folders.0.join("in/taken/1.x12").exists());
    }

    #[test]
    fn a_name_cannot_leave_its_folder() {
        let folders = Folders::new("names");
        let carrier = folders.open();
        for name in ["../x", "a/b", "", ".hidden"] {
            assert!(carrier.deliver(name, b"x").is_err(), "{name}");
            assert!(carrier.taken(name).is_err(), "{name}");
        }
    }
}
