//! Serving the desk: a listener, the pages, and an orderly end. Plain HTTP on loopback only; behind a proxy that
//! speaks HTTPS anywhere else.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use app::notices::Mail;
use billing::access::Actor;
use billing::id::PracticeId;
use store::Db;

use crate::daily;
use crate::exchanging::Exchanging;
use crate::web::{Desk, router};

/// Where the desk listens when nobody says otherwise.
pub const DEFAULT_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7373);

/// How to serve.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The address to listen on; port 0 takes a free one.
    pub address: SocketAddr,
    /// A proxy in front speaks HTTPS: cookies are bound to it, and other addresses than loopback are allowed.
    pub behind_https: bool,
}

/// A desk that listens and is ready to be run.
pub struct Served {
    runtime: tokio::runtime::Runtime,
    listener: tokio::net::TcpListener,
    desk: Desk,
    exchanging: Option<Exchanging>,
    daily_jobs: Option<(Db, PracticeId)>,
    mail: Option<Box<dyn Mail + Send>>,
}

/// Binds the address and reads the practice; nothing is answered before `run`.
///
/// # Errors
/// An address that is not loopback without HTTPS, or with demonstration log-ins; one that is taken; a practice that
/// does not exist.
pub fn open(db: Db, practice: PracticeId, options: Options) -> anyhow::Result<Served> {
    let system = Actor::system(practice);
    let found = db.read(&system, practice, |read| Ok::<_, app::Error>(store::views::practice::get(read)?))?;
    if found.is_none() {
        anyhow::bail!("This database has no practice yet. Make a demonstration with `tierline demo`.");
    }
    if !options.address.ip().is_loopback() {
        if !options.behind_https {
            anyhow::bail!(
                "{} is not loopback: put an HTTPS proxy in front and say --behind-https, or listen on {DEFAULT_ADDRESS}.",
                options.address
            );
        }
        if !app::access::log_in::demo_logins(&db, practice)?.is_empty() {
            anyhow::bail!("A demonstration shows its passwords on the log-in page: it is served on loopback only.");
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind(options.address)).map_err(|error| {
        anyhow::anyhow!("{} cannot be listened on ({error}): choose another with --listen.", options.address)
    })?;
    let desk = Desk::new(db, practice, options.behind_https);
    Ok(Served { runtime, listener, desk, exchanging: None, daily_jobs: None, mail: None })
}

impl Served {
    /// The address that is listened on.
    ///
    /// # Errors
    /// Where the system does not know it.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Exchanges files with the clearinghouse while it is served. Without this nothing leaves and nothing comes in.
    #[must_use]
    pub fn exchanging(self, exchanging: Exchanging) -> Served {
        Served { desk: self.desk.exchanging(), exchanging: Some(exchanging), ..self }
    }

    /// Runs the daily jobs while it is served, once a day on the database's clock.
    #[must_use]
    pub fn with_daily_jobs(self, db: Db) -> Served {
        let practice = self.desk.practice();
        Served { daily_jobs: Some((db, practice)), ..self }
    }

    /// Sends each person who wants one the daily letter of counts, after the daily jobs.
    #[must_use]
    pub fn with_letters(self, mail: Box<dyn Mail + Send>) -> Served {
        Served { mail: Some(mail), ..self }
    }

    /// Answers until the process is told to end; requests under way are finished.
    ///
    /// # Errors
    /// Where the listener breaks.
    pub fn run(self) -> anyhow::Result<()> {
        let desk = self.desk.clone();
        let router = router(self.desk);
        // Dropped at the end, which ends what goes on beside the desk too.
        let mail = self.mail;
        let _jobs = self.daily_jobs.map(|(db, practice)| daily::start(db, practice, mail));
        let _exchange = self.exchanging.map(Exchanging::start);
        self.runtime.block_on(async {
            axum::serve(self.listener, router.into_make_service_with_connect_info::<SocketAddr>())
                .with_graceful_shutdown(async move {
                    // Without a signal handler the process simply ends when told to.
                    let _ = tokio::signal::ctrl_c().await;
                    desk.close();
                })
                .await
        })?;
        Ok(())
    }
}
