//! A served practice of its own for each test: a copy of one small demonstration, on a clock that stands still.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use billing::access::Actor;
use billing::id::PracticeId;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use server::demo::play::{Desks, Options, play};
use server::serve;
use server::web::Desk;
use store::testing::{TestDb, TestEngine, engines};
use store::{Db, Env};

/// The moment at which every test happens: the day after the demonstration's last.
const NOW: &str = "2026-11-21T15:00:00Z";

/// A practice of a test. Its folder goes with it.
pub struct Practice {
    pub db: Db,
    pub id: PracticeId,
    pub env: Env,
    folder: PathBuf,
    /// The schema on the test server, where it is not a file.
    _schema: Option<TestDb>,
}

impl Practice {
    /// A fresh copy.
    pub fn new() -> Practice {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("tierline-desk-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("practice.sqlite");
        std::fs::copy(template(), &file).unwrap();
        let zone = TimeZone::get("America/Chicago").unwrap();
        let env = Env::simulated_in(11, NOW.parse::<Timestamp>().unwrap(), zone);
        let db = Db::open(file.to_str().unwrap(), env.clone()).unwrap();
        let id = store::practices::list(&db).unwrap().remove(0).practice_id;
        Practice { db, id, env, folder, _schema: None }
    }

    /// A fresh copy on each engine that can be tested here: on PostgreSQL a backup of the template, restored.
    pub fn on_each_engine() -> Vec<Practice> {
        engines().into_iter().map(Practice::on).collect()
    }

    fn on(engine: TestEngine) -> Practice {
        let copy = Practice::new();
        if engine == TestEngine::Sqlite {
            return copy;
        }
        let backup = copy.folder.join("backup");
        copy.db.backup(&backup).unwrap();
        let zone = TimeZone::get("America/Chicago").unwrap();
        // A restore unpacks beside others under a name drawn from the environment: tests that run at once draw their own.
        static RESTORED: AtomicU64 = AtomicU64::new(0);
        let seed = u64::from(std::process::id()) * 1_000 + RESTORED.fetch_add(1, Ordering::Relaxed);
        let env = Env::simulated_in(seed, NOW.parse::<Timestamp>().unwrap(), zone);
        let schema = TestDb::empty(engine, env.clone());
        let db = store::restore(&backup, &schema.url, env.clone()).unwrap();
        let (id, folder) = (copy.id, copy.folder.join("postgres"));
        Practice { db, id, env, folder, _schema: Some(schema) }
    }

    pub fn system(&self) -> Actor {
        Actor::system(self.id)
    }

    /// The pages without a listener.
    pub fn desk(&self) -> Desk {
        Desk::new(self.db.clone(), self.id, false)
    }

    /// Serves the practice for the rest of the test's process.
    pub fn serve(&self) -> SocketAddr {
        let options = serve::Options { address: "127.0.0.1:0".parse().unwrap(), behind_https: false };
        let served = serve::open(self.db.clone(), self.id, options).unwrap();
        let address = served.address().unwrap();
        std::thread::spawn(move || served.run());
        address
    }

    /// The password and the code of this moment. Each asking moves the clock on, because a code works once.
    pub fn log_in_of(&self, login: &str) -> (String, String) {
        self.env.advance(SignedDuration::from_secs(30));
        let logins = app::access::log_in::demo_logins(&self.db, self.id).unwrap();
        let found = logins.into_iter().find(|person| person.login == login).expect("a log-in of the demonstration");
        (found.password, found.code)
    }
}

impl Drop for Practice {
    fn drop(&mut self) {
        // The folder is temporary; what cannot be removed now the system removes later.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The demonstration that every test copies, made once.
fn template() -> &'static Path {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("tierline-desk-{}-template", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("practice.sqlite");
        let options = Options {
            seed: 7,
            months: 2,
            patients: 12,
            visits: 60,
            until: jiff::civil::date(2026, 11, 20),
            database: file.to_str().unwrap().to_owned(),
            desks: Desks::default(),
        };
        drop(play(&options, |_, _, _| {}).unwrap());
        file
    })
}
