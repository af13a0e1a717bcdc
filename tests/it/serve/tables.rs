//! Tables over HTTP: a mapping before a table, and the pages about a table that is larger than one piece.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use super::client::{Answer, Sent, Server};
use super::security::until;
use crate::command::{accredit, said, scratch};

const BOUNDARY: &str = "part-of-4711";

/// A form of several parts: name, file name, media type, text.
fn parts(parts: &[(&str, &str, &str, &str)]) -> Vec<u8> {
    let part = |(name, file, media, text): &(&str, &str, &str, &str)| {
        let file = if file.is_empty() { String::new() } else { format!("; filename=\"{file}\"") };
        let media = if media.is_empty() { String::new() } else { format!("Content-Type: {media}\r\n") };
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n{media}\r\n{text}\r\n")
    };
    let all: String = parts.iter().map(part).collect();
    format!("{all}--{BOUNDARY}--\r\n").into_bytes()
}

fn send(server: &Server, path: &str, body: &[u8]) -> Answer {
    let media = format!("multipart/form-data; boundary={BOUNDARY}");
    server.post(path, &media, body)
}

const MAPPING: &str = "columns: {Land: account.country, Umsatz: spend.qualifying}\ncarry: [Kunde]\nignore: [Farbe]\n\
                       decimal: comma\nconstants: {account.creation_path: ads_manager}\n";

fn table(rows: usize) -> String {
    let row = |at: usize| format!("Kunde {at};{};{},50 USD;rot\n", ["US", "DE", "Nowhere"][at % 3], at % 900);
    std::iter::once("Kunde;Land;Umsatz;Farbe\n".to_owned()).chain((0..rows).map(row)).collect()
}

#[test]
fn a_mapping_before_a_table_names_its_columns_as_it_does_for_the_command() {
    let server = Server::start(&[]);
    let table = table(3_000);
    let body = parts(&[("mapping", "", "application/yaml", MAPPING), ("table", "clients.csv", "text/csv", &table)]);
    let answer = send(&server, "/v1/screen?as_of=2026-03-05", &body);
    assert_eq!((answer.status, answer.whole), (200, true), "{}", answer.text());
    let mapping = scratch("screen-mapping.yaml", MAPPING.as_bytes());
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let (mapping, folder) = (mapping.to_string_lossy(), folder.to_string_lossy());
    let mut arguments = vec!["screen", "-", "-o", "-", "--from", "csv", "--to", "csv", "-q", "--as-of", "2026-03-05"];
    arguments.extend(["--mapping", &*mapping, "--rules", &*folder]);
    let (_, out, err) = said(&accredit(&arguments, &table));
    assert!(!out.is_empty(), "{err}");
    assert_eq!(answer.text(), out);
    assert!(out.lines().nth(1).unwrap().contains("Kunde 0"), "{out}");
}

#[test]
fn parts_that_are_not_a_mapping_and_then_a_table_are_refused_with_what_is_wrong() {
    let server = Server::start(&[]);
    let (mapping, table) = (("mapping", "", "", MAPPING), ("table", "a.csv", "text/csv", "Land\nUS\n"));
    let wrong: [(&[_], u16, &str); 6] = [
        (&[table], 400, "`mapping`"),
        (&[mapping], 400, "`table`"),
        (&[table, mapping], 400, "`mapping`"),
        (&[mapping, ("table", "a.csv", "", "Land\nUS\n")], 415, "Content-Type"),
        (&[("mapping", "", "", "colums: {Land: account.country}\n"), table], 422, "colums"),
        (&[("mapping", "", "", "columns: {Land: account.contry}\n"), table], 422, "columns"),
    ];
    for (sent, status, told) in wrong {
        let problem = send(&server, "/v1/screen", &parts(sent)).problem(status);
        assert!(problem["detail"].as_str().unwrap().contains(told), "{problem}");
    }
    let large = format!("# {}\n{MAPPING}", "x".repeat(300 << 10));
    send(&server, "/v1/screen", &parts(&[("mapping", "", "", &large), table])).problem(413);
    // Whatever stands behind the table is not passed over.
    let ignored = ("mapping", "", "", "ignore: [Kunde, Land, Umsatz, Farbe]\n");
    let text = super::tables::table(3);
    let late = parts(&[mapping, ("table", "a.csv", "text/csv", &text), ignored]);
    let late = send(&server, "/v1/screen?as_of=2026-03-05", &late);
    assert!(late.status != 200 || !late.whole, "{late:?}");
    assert!(!server.log().contains("account.contry"), "{}", server.log());
}

/// The page of a table, once all of it is decided.
fn decided(server: &Server, path: &str) -> String {
    for _ in 0..600 {
        let page = server.get(path);
        if page.text().contains("class=\"count\"") {
            return page.text().to_owned();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("it is never decided: {}", server.get(path).text());
}

#[test]
fn every_account_of_a_large_table_is_found_again_on_its_pages() {
    const ROWS: usize = 40_000;
    let server = Server::start(&[]);
    let row = |at: usize| format!("client-{at},{}\n", if at % 1_000 == 999 { "TH" } else { "US" });
    let table: String = std::iter::once("account.id,account.country\n".to_owned()).chain((0..ROWS).map(row)).collect();
    let body = parts(&[("as_of", "", "", "2026-03-05"), ("table", "clients.csv", "text/csv", &table)]);
    let given = send(&server, "/agency", &body);
    let home = given.header("location").unwrap_or_else(|| panic!("{}", given.text())).to_owned();
    let form = "application/x-www-form-urlencoded";
    assert_eq!(server.post(&format!("{home}/columns"), form, "unknown=").status, 303);
    let all = decided(&server, &home);
    assert!(all.contains(&format!("{ROWS} rows read")), "{all}");
    for number in [1, 16_385, ROWS - 1, ROWS] {
        let one = server.get(&format!("{home}/row/{number}"));
        assert!(one.text().contains(&format!("client-{}", number - 1)), "{number}: {}", one.text());
        let sent = Sent { method: "POST", path: &format!("{home}/row/{number}/open"), ..Sent::default() };
        let client = server.send(&sent);
        let country = if number % 1_000 == 0 { "TH" } else { "US" };
        assert!(client.text().contains(&format!("client-{}", number - 1)), "{number}: {}", client.text());
        assert!(client.text().contains(&format!("value=\"{country}\"")), "{number}: {}", client.text());
    }
    // A verdict lists those who have it, of one credit or of any, page after page, and nobody else.
    let csv = server.get(&format!("{home}/file/results.csv"));
    let mut reader = csv::Reader::from_reader(csv.body.as_slice());
    let headers = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), ROWS);
    let is_verdict =
        |header: &str, credit: &str| header.strip_suffix(".verdict").is_some_and(|of| credit == "all" || of == credit);
    for credit in ["all", "new_advertiser_ladder", "woocommerce"] {
        for verdict in ["undetermined", "does_not_qualify", "closed", "qualifies"] {
            let has = |row: &&csv::StringRecord| {
                headers.iter().zip(*row).any(|(header, cell)| is_verdict(header, credit) && cell == verdict)
            };
            let count = rows.iter().filter(has).count();
            let pages = count.div_ceil(50).max(1);
            let listed =
                |page: usize| server.get(&format!("{home}/list/{credit}/{verdict}/{page}")).text().matches("/row/").count();
            assert_eq!(listed(pages), count - 50 * (pages - 1), "{credit} {verdict}: {count}");
            assert_eq!(listed(pages + 1), 0, "{credit} {verdict}");
        }
    }
    assert_eq!(server.get(&format!("{home}/row/{}", ROWS + 1)).status, 404);
}

#[test]
fn a_row_that_repeats_an_account_is_decided_and_an_invalid_one_says_why_it_is_not() {
    let server = Server::start(&[]);
    let table = "account.id,account.name,account.country\na,Ana & Co,US\nb,,XX\na,,DE\n";
    let home = send(&server, "/agency", &parts(&[("as_of", "", "", "2026-03-05"), ("table", "a.csv", "text/csv", table)]));
    let home = home.header("location").unwrap().to_owned();
    assert_eq!(server.post(&format!("{home}/columns"), "application/x-www-form-urlencoded", "unknown=").status, 303);
    let all = decided(&server, &home);
    assert!(all.contains("3 rows read") && all.contains("1 invalid"), "{all}");
    let row = |number: usize| server.get(&format!("{home}/row/{number}")).text().to_owned();
    let open = "Open as a client";
    assert!(
        row(1).contains(open) && row(1).contains("Not decided yet (") && !row(1).contains("Look at this row"),
        "{}",
        row(1)
    );
    assert!(!row(2).contains(open) && row(2).contains("nothing was decided of it") && row(2).contains("XX"), "{}", row(2));
    assert!(
        row(3).contains(open) && row(3).contains("stands in row 1 as well") && !row(3).contains("is invalid"),
        "{}",
        row(3)
    );
    let client = server.send(&Sent { method: "POST", path: &format!("{home}/row/1/open"), ..Sent::default() });
    assert!(client.text().contains("Check what we read about Ana &#38; Co"), "{}", client.text());
}

#[test]
fn what_a_page_cannot_do_it_says_as_a_page() {
    let server = Server::start(&[]);
    let body = parts(&[("as_of", "", "", "2026-03-05"), ("table", "a.csv", "text/csv", "account.id,account.country\na,US\n")]);
    let home = send(&server, "/agency", &body).header("location").unwrap().to_owned();
    let check = || server.post(&format!("{home}/columns"), "application/x-www-form-urlencoded", "unknown=");
    // Tables whose ends do not come take all the room that there is.
    let head = format!("POST /v1/screen HTTP/1.1\r\nHost: {}\r\nContent-Type: text/csv\r\n", server.address);
    let mut held = Vec::new();
    let mut refused = || {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream.write_all(format!("{head}Content-Length: 1000\r\n\r\naccount.id,account.country\n").as_bytes()).unwrap();
        held.push(stream);
        Some(check()).filter(|told| told.status == 503)
    };
    let told = (0..100).find_map(|_| refused()).expect("room for a hundred tables at once");
    assert_eq!((told.status, told.header("content-type")), (503, Some("text/html; charset=utf-8")), "{}", told.text());
    assert!(told.header("retry-after").is_some() && told.text().contains("This was not done"), "{}", told.text());
    drop(held);
    until(|| check().status == 303);
}
