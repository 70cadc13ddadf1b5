//! A reader that counts every byte, and refuses a value that no export has.
//!
//! The parser takes one byte at a time, so the count is the place of a mistake. A value of an export is
//! a page at most; one that goes on for [`MOST_BYTES`] is damage or an attack on the memory, and is
//! refused before it is built.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};

/// The most bytes of one page, its blocks included. Notion's own answers end at about 1 MB.
pub(super) const MOST_BYTES: u64 = 16 * 1024 * 1024;

const BUFFER: usize = 1024 * 1024;

/// How far a file has been read.
#[derive(Debug, Default)]
pub(super) struct Progress {
    consumed: Cell<u64>,
    began: Cell<u64>,
    too_large: Cell<bool>,
}

impl Progress {
    /// A new value begins here.
    pub(super) fn step(&self) {
        self.began.set(self.consumed.get());
    }

    /// How many bytes the parser took.
    pub(super) fn consumed(&self) -> u64 {
        self.consumed.get()
    }

    /// Whether a value was refused for its size.
    pub(super) fn is_too_large(&self) -> bool {
        self.too_large.get()
    }
}

/// The reader.
pub(super) struct Counted<'p, R> {
    inner: BufReader<R>,
    progress: &'p Progress,
}

impl<'p, R: Read> Counted<'p, R> {
    /// Begins to read, after the byte order mark with which some editors begin a file.
    ///
    /// # Errors
    /// When nothing can be read.
    pub(super) fn new(reader: R, progress: &'p Progress) -> io::Result<Self> {
        const MARK: &[u8] = "\u{feff}".as_bytes();
        let mut inner = BufReader::with_capacity(BUFFER, reader);
        if inner.fill_buf()?.starts_with(MARK) {
            inner.consume(MARK.len());
            progress.consumed.set(MARK.len() as u64);
        }
        Ok(Self { inner, progress })
    }
}

impl<R: Read> Read for Counted<'_, R> {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let progress = self.progress;
        if progress.consumed.get() - progress.began.get() > MOST_BYTES {
            progress.too_large.set(true);
            return Err(io::Error::other("a value is too large"));
        }
        let count = match (into, self.inner.buffer()) {
            ([byte], [first, ..]) => {
                *byte = *first;
                self.inner.consume(1);
                1
            }
            (into, _) => self.inner.read(into)?,
        };
        progress
            .consumed
            .set(progress.consumed.get() + count as u64);
        Ok(count)
    }
}
