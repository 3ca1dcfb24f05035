//! A throw-away PostgreSQL for one test run: its own folder, its own spare port, loopback only.
//! Never touches a cluster that was there before.
//!
//! The tests get a role that is no superuser, because a superuser walks past row-level security and the tests
//! of tenant isolation would prove nothing.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::debian;

/// PostgreSQL is ready in about a second; a loaded machine gets a minute before we call it broken.
const START_LIMIT: Duration = Duration::from_secs(60);
/// A fast shutdown of an idle throw-away cluster takes well under a second.
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// A running cluster. Dropping it stops the server and removes its folder.
pub struct ThrowAwayPostgres {
    server: Child,
    folder: PathBuf,
    port: u16,
}

impl ThrowAwayPostgres {
    /// Makes and starts a cluster, installing PostgreSQL first where that is missing and allowed.
    /// The error is the reason for a skip: what is missing and how to get it.
    pub fn start() -> Result<ThrowAwayPostgres> {
        let programs = find_programs()
            .or_else(|| {
                debian::install(&["postgresql-15"]).or_else(|_| debian::install(&["postgresql"])).err().map_or_else(
                    find_programs,
                    |reason| {
                        eprintln!("PostgreSQL was not installed: {reason}");
                        None
                    },
                )
            })
            .context("no initdb found below /usr/lib/postgresql or on the PATH")?;
        let folder = make_folder()?;
        let port = spare_port()?;
        initialise(&programs, &folder)?;
        let server = launch(&programs, &folder, port)?;
        let mut cluster = ThrowAwayPostgres { server, folder, port };
        cluster.wait_until_ready(&programs)?;
        cluster.make_test_role(&programs)?;
        Ok(cluster)
    }

    /// The address the tests connect to, as the unprivileged owner of an empty database.
    pub fn url(&self) -> String {
        format!("postgres://tierline@127.0.0.1:{}/tierline", self.port)
    }

    fn wait_until_ready(&mut self, programs: &Path) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < START_LIMIT {
            if let Some(status) = self.server.try_wait()? {
                bail!("PostgreSQL stopped at once ({status}): {}", self.log_tail());
            }
            let ready = Command::new(programs.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status()?;
            if ready.success() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("PostgreSQL was not ready after {} s: {}", START_LIMIT.as_secs(), self.log_tail())
    }

    /// CREATEDB, because a test may want a database of its own; no SUPERUSER and no BYPASSRLS.
    fn make_test_role(&self, programs: &Path) -> Result<()> {
        for sql in [
            "CREATE ROLE tierline LOGIN CREATEDB CREATEROLE NOSUPERUSER NOBYPASSRLS",
            "CREATE DATABASE tierline OWNER tierline",
        ] {
            let output = Command::new(programs.join("psql"))
                .args(["-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p"])
                .arg(self.port.to_string())
                .args(["-U", "postgres", "-d", "postgres", "-c", sql])
                .output()?;
            if !output.status.success() {
                bail!("psql: {}", String::from_utf8_lossy(&output.stderr));
            }
        }
        Ok(())
    }

    fn log_tail(&self) -> String {
        let text = std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join(" / ")
    }

    fn stop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown; `kill` keeps this crate free of unsafe calls.
        let asked = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status();
        let started = Instant::now();
        while asked.is_ok() && started.elapsed() < STOP_LIMIT {
            if !matches!(self.server.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Drop for ThrowAwayPostgres {
    fn drop(&mut self) {
        self.stop();
        if let Err(problem) = std::fs::remove_dir_all(&self.folder) {
            eprintln!(
                "The folder {} of the throw-away PostgreSQL could not be removed: {problem}",
                self.folder.display()
            );
        }
    }
}

/// Debian's folders, newest version last but 15 first: that is the one the project names.
fn find_programs() -> Option<PathBuf> {
    let debian = Path::new("/usr/lib/postgresql");
    let mut candidates = vec![debian.join("15/bin")];
    if let Ok(entries) = std::fs::read_dir(debian) {
        let mut versions: Vec<PathBuf> = entries.flatten().map(|entry| entry.path().join("bin")).collect();
        versions.sort();
        versions.reverse();
        candidates.extend(versions);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    candidates.extend(std::env::split_paths(&path));
    candidates.into_iter().find(|folder| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).exists()))
}

fn make_folder() -> Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("tierline-postgres-{}", std::process::id()));
    std::fs::create_dir(&folder).with_context(|| format!("the folder {} could not be made", folder.display()))?;
    Ok(folder)
}

/// The system hands out a free port; between here and the start somebody could take it, then the start fails and says so.
fn spare_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn initialise(programs: &Path, folder: &Path) -> Result<()> {
    if debian::is_root() {
        let owned = Command::new("chown").arg("postgres").arg(folder).status()?;
        if !owned.success() {
            bail!("the user postgres, which PostgreSQL must run as, does not exist");
        }
    }
    let output = unprivileged(&programs.join("initdb"))
        .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-D"])
        .arg(folder.join("data"))
        .current_dir(folder)
        .output()?;
    if !output.status.success() {
        bail!("initdb: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Durability stays on: the product refuses a server without it, and the kill tests are about it.
fn launch(programs: &Path, folder: &Path, port: u16) -> Result<Child> {
    let log = File::create(folder.join("server.log"))?;
    unprivileged(&programs.join("postgres"))
        .arg("-D")
        .arg(folder.join("data"))
        .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
        .args(["-c", "max_connections=200", "-c", "log_min_messages=warning"])
        .arg("-k")
        .arg(folder)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .context("postgres could not be started")
}

/// PostgreSQL refuses to run as root. `setpriv` replaces itself by the program, so the child's id is the server's,
/// and asks the kernel to stop the server if we die without stopping it.
fn unprivileged(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if debian::is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]);
    }
    command.args(["--pdeathsig", "INT"]).arg(program);
    command
}
