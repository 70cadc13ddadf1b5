//! The font, because where a label ends must be known before it is drawn, on every machine alike.
//!
//! DejaVu Sans Condensed is in the program. It draws the text of bitmaps. An SVG is shown in a font
//! that its reader has; DejaVu Sans Condensed is about as wide as the usual ones.

use std::sync::LazyLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

/// The family's name in drawings.
pub(super) const FAMILY: FontFamily<'static> = FontFamily::SansSerif;

/// What the rasteriser calls size is ascent and descent together: 1901 and 483 units of the font's
/// 2048 units an em.
pub(super) const RASTER_SIZE_EM: f64 = 2384.0 / 2048.0;

/// Another font may be so much wider.
const ROOM: f64 = 1.08;

/// Parts of the em in which text is measured.
const PARTS: f64 = 1000.0;

static IS_REGISTERED: LazyLock<bool> = LazyLock::new(|| {
    let bytes = dejavu::sans_condensed::regular();
    register_font(FAMILY.as_str(), FontStyle::Normal, bytes).is_ok()
});

/// The widths of printable ASCII, in ems: nearly all text is made of it.
static ASCII: LazyLock<[f64; 95]> = LazyLock::new(|| {
    std::array::from_fn(|at| {
        let c = u8::try_from(at + 32).map_or(' ', char::from);
        measured_em(c)
    })
});

/// Whether text can be drawn. The font is read once.
pub(super) fn is_ready() -> bool {
    *IS_REGISTERED
}

/// The width of a text in a font size of so many pixels, with room for a wider font.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(char_em).sum::<f64>() * size * ROOM
}

fn char_em(c: char) -> f64 {
    match c {
        ' '..='~' => ASCII[c as usize - 32],
        // Scripts that the font does not have are shown in one that is as wide as it is high.
        '\u{2e80}'.. => 1.0,
        c => measured_em(c).max(0.6),
    }
}

fn measured_em(c: char) -> f64 {
    let unknown = 0.7;
    if !is_ready() {
        return unknown;
    }
    let font = FontDesc::new(FAMILY, PARTS * RASTER_SIZE_EM, FontStyle::Normal);
    let text = c.encode_utf8(&mut [0; 4]).to_owned();
    font.box_size(&text)
        .map_or(unknown, |(width, _)| f64::from(width) / PARTS)
}

/// The text, or as much of its beginning as fits, with an ellipsis; empty where not even two letters do.
pub(super) fn fitted(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut left = room - width("\u{2026}", size);
    let mut kept = String::new();
    for c in text.chars() {
        left -= char_em(c) * size * ROOM;
        if left < 0.0 {
            break;
        }
        kept.push(c);
    }
    if kept.trim_end().chars().count() < 2 {
        return String::new();
    }
    kept.truncate(kept.trim_end().len());
    kept + "\u{2026}"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_embedded_font_is_read_and_measured() {
        assert!(is_ready());
        // A digit takes 1172 of the font's 2048 units an em.
        assert!((measured_em('0') - 1172.0 / 2048.0).abs() < 2e-3);
        assert!(width("iiii", 12.0) < width("MMMM", 12.0));
    }

    proptest! {
        #[test]
        fn a_fitted_text_fits(text in "\\PC{0,60}", room in 0.0f64..400.0) {
            let fitted = fitted(&text, 12.0, room);
            prop_assert!(fitted.is_empty() || width(&fitted, 12.0) <= room + 1e-9);
        }
    }
}
