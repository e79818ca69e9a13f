//! In: bytes. Out: checksums, and the identifiers that both languages make of them.
//! Never: makes anything by chance.

use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha512};
use uuid::Uuid;

/// Bytes in hexadecimal, in lower case.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// MD5 in hexadecimal.
pub fn md5_hex(bytes: &[u8]) -> String {
    hex(&md5::Md5::digest(bytes))
}

/// SHA-1 in hexadecimal.
pub fn sha1_hex(bytes: &[u8]) -> String {
    hex(&Sha1::digest(bytes))
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

/// SHA-512.
pub fn sha512(bytes: &[u8]) -> Vec<u8> {
    Sha512::digest(bytes).to_vec()
}

/// The UUID of version 5 that a name has in a namespace (<https://www.rfc-editor.org/rfc/rfc9562#section-5.5>).
pub fn uuid_v5(namespace: Uuid, name: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(namespace.as_bytes());
    hash.update(name.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_sha1_bytes(bytes).into_uuid().to_string()
}

/// ARM's `uniqueString`: 13 letters and digits that stand for a 64-bit hash.
///
/// The hash is a variant of MurmurHash with two lanes of 32 bits and constants of its own; it is not documented, and
/// these steps give what Azure gives for every published pair of argument and answer.
pub fn unique_string(text: &str) -> String {
    const A: u32 = 0xab0e_9789;
    const B: u32 = 0x239b_961b;
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
    let first = |k: u32| k.wrapping_mul(B).rotate_left(15).wrapping_mul(A);
    let second = |k: u32| k.wrapping_mul(A).rotate_left(17).wrapping_mul(B);
    let mix = |h: u32| {
        let h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
        let h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
        h ^ (h >> 16)
    };
    let bytes = text.as_bytes();
    let length = bytes.len() as u32;
    let (mut low, mut high) = (0_u32, 0_u32);
    let mut blocks = bytes.chunks_exact(8);
    for block in &mut blocks {
        low = (low ^ first(word(&block[..4]))).rotate_left(19).wrapping_add(high);
        low = low.wrapping_mul(5).wrapping_add(0x561c_cd1b);
        high = (high ^ second(word(&block[4..]))).rotate_left(13).wrapping_add(low);
        high = high.wrapping_mul(5).wrapping_add(0x0bca_a747);
    }
    let tail = blocks.remainder();
    if !tail.is_empty() {
        low ^= first(word(&tail[..tail.len().min(4)]));
    }
    if tail.len() > 4 {
        high ^= second(word(&tail[4..]));
    }
    low = (low ^ length).wrapping_add(high ^ length);
    high = (high ^ length).wrapping_add(low);
    low = mix(low);
    high = mix(high);
    low = low.wrapping_add(high);
    high = high.wrapping_add(low);
    let hash = (u64::from(high) << 32) | u64::from(low);
    let letter = |index: u32| {
        let five = ((hash << (5 * index)) >> 59) as usize;
        char::from(b"abcdefghijklmnopqrstuvwxyz234567"[five])
    };
    (0..13).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unique_strings_are_azures() {
        assert_eq!(unique_string("test"), "rbgf3xv4ufgzg");
        assert_eq!(unique_string("hello-world"), "a7wkljktk6wne");
        assert_eq!(unique_string("abc"), "cgtzqvhu4i23s");
        let group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/my-rg";
        assert_eq!(unique_string(group), "bmg7c6xu4tw46");
    }
}
