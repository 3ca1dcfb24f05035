//! What goes on beside the desk while it is served: a round of something, again and again, in a thread of its own. It
//! decides nothing; what a round finds wrong it answers, and the same words are logged once.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Something that goes on; it ends, after the round under way, when this is dropped.
pub struct Running {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Goes round at once and then again after each wait. What a round answers is logged under the name, unless the round
    /// before answered the same: what goes on failing is said once.
    pub fn start(
        name: &'static str,
        between: Duration,
        mut round: impl FnMut() -> Option<String> + Send + 'static,
    ) -> Running {
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::spawn(move || {
            let mut said = None;
            loop {
                let trouble = round();
                if let Some(words) = trouble.as_ref().filter(|_| trouble != said) {
                    eprintln!("{name}: {words}");
                }
                said = trouble;
                match stopped.recv_timeout(between) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
            }
        });
        Running { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Hanging up ends the wait of the thread.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so itself.
            let _ = thread.join();
        }
    }
}
