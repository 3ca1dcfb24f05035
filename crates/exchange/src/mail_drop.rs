//! Letters as files in a folder, one message each, for a mail program that sends what it finds there. Knows nothing of
//! what a letter says; the folder's own program decides when and through whom it goes.
//!
//! A file appears under its name only when all its bytes are on the disk.

use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use app::clearinghouse::CarrierError;
use app::notices::{Letter, Mail};

/// A folder of letters.
#[derive(Debug, Clone)]
pub struct MailDrop {
    folder: PathBuf,
}

impl MailDrop {
    /// Opens the folder, making it where it is missing.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, CarrierError> {
        let drop = MailDrop { folder: folder.into() };
        fs::create_dir_all(&drop.folder).map_err(|error| drop.trouble(&error))?;
        Ok(drop)
    }

    fn trouble(&self, error: &std::io::Error) -> CarrierError {
        let folder = self.folder.display();
        CarrierError(format!(
            "Cannot put a letter into {folder}: {error}. Check the folder and its rights, then try again."
        ))
    }
}

impl Mail for MailDrop {
    fn post(&self, name: &str, letter: &Letter) -> Result<(), CarrierError> {
        // A break in a head line would begin another: addresses and subjects are ours and hold none.
        let line = |text: &str| text.replace(['\r', '\n'], " ");
        let body = letter.body.replace('\n', "\r\n");
        let message = format!(
            "To: {}\r\nSubject: {}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}",
            line(&letter.to),
            line(&letter.subject)
        );
        let target = self.folder.join(format!("{name}.eml"));
        let unfinished = self.folder.join(format!(".{name}.part"));
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&unfinished)?;
            file.write_all(message.as_bytes())?;
            file.sync_all()?;
            fs::rename(&unfinished, &target)
        };
        write().map_err(|error| self.trouble(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_one_file_and_the_same_letter_again_is_the_same_file() {
        let folder = std::env::temp_dir().join(format!("tierline-mail-drop-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let drop = MailDrop::open(&folder).unwrap();
        let letter = Letter {
            to: "rosa@example.org\r\nBcc: all@example.org".into(),
            subject: "Tierline: 2 notices unread".into(),
            body: "2 notices unread.\n".into(),
        };
        drop.post("2026-11-22-1", &letter).unwrap();
        drop.post("2026-11-22-1", &letter).unwrap();
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        let text = fs::read_to_string(&files[0]).unwrap();
        assert!(text.starts_with("To: rosa@example.org  Bcc: all@example.org\r\nSubject: Tierline"), "{text}");
        assert!(text.ends_with("\r\n\r\n2 notices unread.\r\n"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
