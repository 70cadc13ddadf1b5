//! When a request may be sent: the budget of a side, as pure functions over an injected clock.
