//! Names, addresses and words in the letters that payers take: capitals, digits and a few signs.
//!
//! Payers compare names by letter and most refuse bytes outside ASCII, so "Muñoz" is sent as "MUNOZ".
//! Separators become spaces here, before the writer would replace them.

/// Signs of the basic character set that mean nothing to X12 itself.
const SIGNS: &str = " &'(),-./;?=%@[]_{}|<>#$+!\"";

/// The text in capitals of the basic set; what has no such letter becomes a space.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'a'..='z' => out.push(character.to_ascii_uppercase()),
            'A'..='Z' | '0'..='9' => out.push(character),
            _ if SIGNS.contains(character) => out.push(character),
            _ => out.push_str(without_accent(character)),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The basic letters of an accented one.
fn without_accent(character: char) -> &'static str {
    match character {
        'À' | 'Á' | 'Â' | 'Ã' | 'Å' | 'Ā' | 'Ă' | 'Ą' | 'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' | 'Ä' | 'ä' => {
            "A"
        }
        'Æ' | 'æ' => "AE",
        'Ç' | 'Ć' | 'Č' | 'ç' | 'ć' | 'č' => "C",
        'Ď' | 'Đ' | 'ď' | 'đ' | 'Ð' | 'ð' => "D",
        'È' | 'É' | 'Ê' | 'Ë' | 'Ē' | 'Ę' | 'Ě' | 'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "E",
        'Ğ' | 'ğ' => "G",
        'Ì' | 'Í' | 'Î' | 'Ï' | 'Ī' | 'İ' | 'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "I",
        'Ł' | 'ł' => "L",
        'Ñ' | 'Ń' | 'Ň' | 'ñ' | 'ń' | 'ň' => "N",
        'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ø' | 'Ō' | 'Ő' | 'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' | 'Ö' | 'ö' => {
            "O"
        }
        'Œ' | 'œ' => "OE",
        'Ř' | 'ř' => "R",
        'Ś' | 'Š' | 'Ş' | 'Ș' | 'ś' | 'š' | 'ş' | 'ș' => "S",
        'ß' => "SS",
        'Ť' | 'Ţ' | 'Ț' | 'ť' | 'ţ' | 'ț' => "T",
        'Þ' | 'þ' => "TH",
        'Ù' | 'Ú' | 'Û' | 'Ü' | 'Ū' | 'Ů' | 'Ű' | 'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => "U",
        'Ý' | 'Ÿ' | 'ý' | 'ÿ' => "Y",
        'Ź' | 'Ż' | 'Ž' | 'ź' | 'ż' | 'ž' => "Z",
        '\u{2019}' | '\u{2018}' | '`' => "'",
        '\u{2013}' | '\u{2014}' => "-",
        _ => " ",
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn names_are_sent_in_the_letters_payers_take() {
        for (name, sent) in [
            ("Muñoz", "MUNOZ"),
            ("O\u{2019}Hara", "O'HARA"),
            ("Doe~SE*1*0001~", "DOE SE 1 0001"),
            ("Jean:Luc^x", "JEAN LUC X"),
            ("  two   spaces ", "TWO SPACES"),
            ("Straße 5", "STRASSE 5"),
            ("line\r\nbreak", "LINE BREAK"),
        ] {
            assert_eq!(plain(name), sent);
        }
    }
}
