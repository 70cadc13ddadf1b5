//! Ctrl-C and SIGTERM: the first asks the run to stop in good order, the second ends it at once.

use tokio::signal::unix::{SignalKind, signal};

use super::complaint::say;
use crate::exit::Exit;
use crate::run::{Interrupt, Interrupter, interrupt};

/// Listens from now on, on the current runtime.
pub(super) fn listen() -> Interrupt {
    let (interrupter, wish) = interrupt();
    tokio::spawn(obey(interrupter));
    wish
}

async fn obey(interrupter: Interrupter) {
    wait().await;
    // First what matters: the words may find nobody to read them.
    interrupter.interrupt();
    say(
        "\nStopping: the request under way is finished and what was created is removed. \
         Again to stop at once.",
    );
    wait().await;
    // The watchdog of the sandbox's database and the journal see to what is left.
    std::process::exit(i32::from(Exit::Interrupted.code()));
}

/// Returns with the next Ctrl-C or SIGTERM; never where signals cannot be heard.
pub(super) async fn wait() {
    let heard = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    );
    let (Ok(mut interrupted), Ok(mut terminated)) = heard else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupted.recv() => {}
        _ = terminated.recv() => {}
    }
}
