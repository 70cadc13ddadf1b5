//! The wish to stop, as a value that every wait can listen to.

use tokio::sync::watch;

/// Keeps the wish; whoever hears the signal calls [`Interrupter::interrupt`].
#[derive(Debug)]
pub struct Interrupter(watch::Sender<bool>);

/// Listens for the wish.
#[derive(Debug, Clone)]
pub struct Interrupt(watch::Receiver<bool>);

/// A wish to stop that nobody has uttered yet.
#[must_use]
pub fn interrupt() -> (Interrupter, Interrupt) {
    let (send, receive) = watch::channel(false);
    (Interrupter(send), Interrupt(receive))
}

impl Interrupter {
    /// Asks the run to stop: the request under way is finished, what was created is removed.
    pub fn interrupt(&self) {
        self.0.send_replace(true);
    }
}

impl Interrupt {
    /// Whether the run was asked to stop.
    #[must_use]
    pub fn requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns when the run is asked to stop; never, when nobody can ask any more.
    pub async fn wait(&self) {
        let mut receiver = self.0.clone();
        if receiver.wait_for(|asked| *asked).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
