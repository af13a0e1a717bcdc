//! How a text table is written: its encoding, what separates its cells, what stands before its cents.
//!
//! In: the beginning of a file. Out: a guess from which the whole file is read, and which is told to the user.
//! Owns the guess. Never guesses at a value: a cell that does not fit is told, not mended.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use crate::screen::mapping::Separator;

/// What a text table looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// Between cells.
    pub delimiter: u8,
    /// Before cents.
    pub decimal: Separator,
}

/// Looks at the beginning of a text table.
pub fn look(start: &[u8], complete: bool) -> Look {
    let encoding = encoding(start, complete);
    let (text, ..) = encoding.decode(start);
    let delimiter = delimiter(&text);
    Look { encoding, delimiter, decimal: decimal(&text, delimiter) }
}

/// The encoding that a mark at the front names; else UTF-8 where it fits, else what Excel writes on Windows.
fn encoding(start: &[u8], complete: bool) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return encoding;
    }
    match std::str::from_utf8(start) {
        Ok(_) => UTF_8,
        // The last letter may be cut off.
        Err(error) if !complete && error.error_len().is_none() => UTF_8,
        Err(_) => WINDOWS_1252,
    }
}

/// The mark that stands equally often in the first lines, outside quotes, and most often.
fn delimiter(text: &str) -> u8 {
    let counts = |mark: u8| {
        let mut quoted = false;
        let mut counts = vec![0_usize];
        for byte in text.bytes() {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted && counts.len() == 20 => break,
                b'\n' if !quoted => counts.push(0),
                byte if byte == mark && !quoted => *counts.last_mut().unwrap_or(&mut 0) += 1,
                _ => {}
            }
        }
        counts
    };
    let score = |mark: u8| {
        let counts = counts(mark);
        let first = counts.first().copied().unwrap_or(0);
        let equal = counts.iter().filter(|count| **count == first).count();
        (first > 0).then_some((equal, first))
    };
    let marks = [b',', b';', b'\t', b'|'];
    marks
        .into_iter()
        .rev()
        .filter_map(|mark| Some((score(mark)?, mark)))
        .max_by_key(|(score, _)| *score)
        .map_or(b',', |(_, mark)| mark)
}

/// A comma before the cents is taken only where some cells have one, and none has a point.
fn decimal(text: &str, delimiter: u8) -> Separator {
    let (mut commas, mut points) = (0, 0);
    for cell in text.split(['\n', '\r', char::from(delimiter)]).map(|cell| cell.trim().trim_matches('"')) {
        let number = cell.trim_end_matches(|letter: char| letter.is_ascii_uppercase() || letter == '%' || letter == ' ');
        let fraction = |mark: char| {
            number.rsplit_once(mark).is_some_and(|(whole, fraction)| {
                let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let grouped: String =
                    whole.trim_start_matches('-').chars().filter(|letter| !matches!(letter, '.' | ',' | ' ')).collect();
                digits(&grouped) && (1..=2).contains(&fraction.len()) && digits(fraction)
            })
        };
        commas += usize::from(fraction(','));
        points += usize::from(fraction('.'));
    }
    if commas > 0 && points == 0 && delimiter != b',' { Separator::Comma } else { Separator::Point }
}

#[cfg(test)]
mod tests {
    use super::{Separator, look};

    #[test]
    fn a_table_is_read_as_its_program_wrote_it() {
        let cases: [(&[u8], &str, u8, Separator, &str); 6] = [
            (b"a,b\n1,2\n", "UTF-8", b',', Separator::Point, "plain"),
            (b"\xef\xbb\xbfa;b\r\n1,50;x\r\n", "UTF-8", b';', Separator::Comma, "a European Excel, with a mark"),
            (b"Gr\xf6\xdfe;b\n1,5;2,5 EUR\n", "windows-1252", b';', Separator::Comma, "an old Excel"),
            (b"a\tb\n1.5\t2\n", "UTF-8", b'\t', Separator::Point, "tabs"),
            (b"a;b\n\"x;y\";1.50\n", "UTF-8", b';', Separator::Point, "a quoted separator is none"),
            (b"only\n1\n", "UTF-8", b',', Separator::Point, "one column"),
        ];
        for (bytes, encoding, delimiter, decimal, why) in cases {
            let found = look(bytes, true);
            assert_eq!((found.encoding.name(), found.delimiter, found.decimal), (encoding, delimiter, decimal), "{why}");
        }
    }
}
