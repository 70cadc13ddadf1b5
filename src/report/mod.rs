//! Renderers: they show a summary and compute nothing.
