//! Charts as PNG, for whatever shows no SVG: the light colours at twice the resolution.

use plotters::backend::BitMapBackend;

use super::font::RASTER_SIZE_EM;
use super::paint::{Resolution, paint};
use super::picture::Picture;

/// Its pixels for each of a picture's.
const FACTOR: u32 = 2;

/// The library sets a text's base line half its size below the place that it is given.
const RISE: f64 = 0.5;

/// The picture as the bytes of a PNG file, which depend on nothing else.
pub(super) fn png(picture: &Picture) -> Result<Vec<u8>, String> {
    let resolution = Resolution {
        factor: FACTOR,
        size_em: RASTER_SIZE_EM,
        rise: RISE,
    };
    let side = |length: f64| resolution.pixels(length).max(1).unsigned_abs();
    let (width, height) = (side(picture.width), side(picture.height));
    let bytes = usize::try_from(u64::from(width) * u64::from(height) * 3)
        .map_err(|_| "it is too large".to_owned())?;
    let mut pixels = vec![0xff; bytes];
    let backend = BitMapBackend::with_buffer(&mut pixels, (width, height));
    paint(picture, backend, resolution).map_err(|error| error.to_string())?;
    encoded(&pixels, width, height).map_err(|error| error.to_string())
}

fn encoded(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}
