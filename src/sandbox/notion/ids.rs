//! Ids that the simulator makes up for what is declared by name. They are hashes, so that the same
//! declaration gets the same ids everywhere.

use percent_encoding::percent_decode_str;
use uuid::{Builder, Uuid};

/// What a property's id is made of; the last ones need URL encoding, as in real ids.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz01234:;<=>?@";

/// The id of a property other than the title: five characters of a hash, URL-encoded. Two names of
/// one database share an id once in a billion pairs; the name still finds each.
pub(crate) fn of_property(database: Uuid, name: &str) -> String {
    let mut rest = hash(&[&database.to_string(), name]);
    let mut id = String::new();
    for _ in 0..5 {
        let place = usize::try_from(rest % 64).unwrap_or(0);
        id.push(char::from(ALPHABET[place]));
        rest /= 64;
    }
    encode(&id)
}

/// The id of the data source that a declared database begins with.
#[must_use]
pub fn of_data_source(database: Uuid) -> Uuid {
    let hash = of_option(&database.to_string(), "data source");
    Builder::from_random_bytes(hash.into_bytes()).into_uuid()
}

/// The id of a block that a declared page begins with, by its number.
pub(crate) fn of_block(page: Uuid, number: usize) -> Uuid {
    let hash = of_option(&page.to_string(), &number.to_string());
    Builder::from_random_bytes(hash.into_bytes()).into_uuid()
}

/// The id of an option or group of a property.
pub(crate) fn of_option(property: &str, name: &str) -> Uuid {
    Uuid::from_u64_pair(hash(&[property, name]), hash(&[name, property]))
}

/// Encodes as JavaScript's `encodeURIComponent` does the characters of an id.
pub(crate) fn encode(id: &str) -> String {
    let mut encoded = String::new();
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    encoded
}

/// The characters of an id, which was encoded.
pub(crate) fn decode(id: &str) -> String {
    percent_decode_str(id).decode_utf8_lossy().into_owned()
}

/// FNV-1a, 64 bits, with a mark between the parts.
fn hash(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}
