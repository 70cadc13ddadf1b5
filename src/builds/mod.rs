//! Starts and ends the builds that are compared.
