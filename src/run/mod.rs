//! The one loop that measures, the recorder and the clean-up journal.
