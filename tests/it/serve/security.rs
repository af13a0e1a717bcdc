//! Who is let in, from where, how often and how slowly.

use std::io::{Read as _, Write as _};

use super::SECRET;
use super::client::{Answer, Sent, Server, read};
use crate::command::{accredit, said, scratch};

/// A token of this scope, with its line.
/// A token, and its line in the file of tokens.
pub fn token(name: &str, scope: &str) -> (String, String) {
    let (code, line, told) = said(&accredit(&["token", "new", name, "--scope", scope, "--days", "3"], ""));
    assert_eq!(code, 0, "{told}");
    let token = told.lines().find(|line| line.starts_with("accredit_")).unwrap().to_owned();
    assert!(line.starts_with(&format!("{name} {scope} ")) && !line.contains(&token), "{line}");
    (token, line)
}

fn get(server: &Server, path: &str, headers: &[(&'static str, &str)]) -> Answer {
    server.send(&Sent { method: "GET", path, headers: headers.to_vec(), body: b"" })
}

fn post(server: &Server, path: &str, headers: &[(&'static str, &str)], body: &str) -> Answer {
    server.send(&Sent { method: "POST", path, headers: headers.to_vec(), body: body.as_bytes() })
}

const YAML: (&str, &str) = ("content-type", "application/yaml");

#[test]
fn an_address_that_others_reach_needs_a_login() {
    let (code, _, told) = said(&accredit(&["serve", "--listen", "0.0.0.0:0"], ""));
    assert_eq!(code, 2);
    assert!(told.contains("--tokens") && told.contains("accredit token new"), "{told}");
    let empty = scratch("no-tokens", b"# nobody yet\n");
    let (code, _, told) = said(&accredit(&["serve", "--listen", "0.0.0.0:0", "--tokens", &empty.to_string_lossy()], ""));
    assert_eq!(code, 2);
    assert!(told.contains("it holds no token"), "{told}");
    let bad = scratch("bad-tokens", b"ana rep 2027-01-01 sha256:12\n");
    let (code, _, told) = said(&accredit(&["serve", "--listen", "127.0.0.1:0", "--tokens", &bad.to_string_lossy()], ""));
    assert_eq!(code, 2);
    assert!(told.contains("line 1: the hash is"), "{told}");
}

#[test]
fn on_its_own_machine_the_server_answers_to_its_own_names_and_its_own_pages() {
    let server = Server::start(&["--host", "workbench.example"]);
    for host in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080", "workbench.example", "Workbench.Example:80"] {
        assert_eq!(get(&server, "/health", &[("host", host)]).status, 200, "{host}");
    }
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", ""] {
        get(&server, "/v1/rules", &[("host", host)]).problem(421);
        get(&server, "/health", &[("host", host)]).problem(421);
    }
    let own = format!("http://{}", server.address);
    assert_eq!(post(&server, "/v1/check", &[YAML, ("origin", &own)], SECRET).status, 200);
    assert_eq!(post(&server, "/v1/check", &[YAML, ("sec-fetch-site", "same-origin")], SECRET).status, 200);
    for header in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        post(&server, "/v1/check", &[YAML, header], SECRET).problem(403);
    }
}

#[test]
fn tokens_open_what_their_scope_opens_until_they_are_taken_away() {
    let (rep, rep_line) = token("ana", "rep");
    let (admin, admin_line) = token("root", "admin");
    let old = format!("old rep 2020-01-01 sha256:{}\n", "ab".repeat(32));
    let file = scratch("tokens", format!("{rep_line}{admin_line}{old}").as_bytes());
    let server = Server::start(&["--tokens", &file.to_string_lossy()]);
    let bearer = |token: &str| format!("Bearer {token}");
    let (rep, admin) = (bearer(&rep), bearer(&admin));

    assert_eq!(get(&server, "/health", &[]).status, 200);
    let refused = get(&server, "/v1/rules", &[]);
    refused.problem(401);
    assert!(refused.header("www-authenticate").unwrap().starts_with("Bearer"));
    for wrong in ["Bearer nobody", "Bearer ", "Basic YTpi", "nonsense"] {
        get(&server, "/v1/rules", &[("authorization", wrong)]).problem(401);
    }
    assert_eq!(get(&server, "/v1/rules", &[("authorization", &rep)]).status, 200);
    assert_eq!(post(&server, "/v1/check", &[YAML, ("authorization", &rep)], SECRET).status, 200);
    // A token in a header is put there by no page, so it may come from anywhere.
    let elsewhere = [YAML, ("authorization", rep.as_str()), ("origin", "https://tool.example")];
    assert_eq!(post(&server, "/v1/check", &elsewhere, SECRET).status, 200);
    get(&server, "/metrics", &[("authorization", &rep)]).problem(403);
    assert_eq!(get(&server, "/metrics", &[("authorization", &admin)]).status, 200);

    std::fs::write(&file, &admin_line).unwrap();
    server.hang_up();
    until(|| get(&server, "/v1/rules", &[("authorization", &rep)]).status == 401);
    std::fs::write(&file, "nonsense\n").unwrap();
    server.hang_up();
    until(|| server.log().contains("tokens refused"));
    assert_eq!(get(&server, "/v1/rules", &[("authorization", &admin)]).status, 200, "a broken file takes nothing away");
    let log = server.log();
    for secret in [&rep, &admin] {
        assert!(!log.contains(secret.trim_start_matches("Bearer ")), "{log}");
    }
}

/// Waits until something is so; it is soon, or the test fails.
pub fn until(so: impl Fn() -> bool) {
    for _ in 0..400 {
        if so() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("it never came");
}

#[test]
fn a_browser_logs_in_once_and_gets_a_cookie_that_no_script_and_no_other_page_can_use() {
    let (rep, line) = token("ana", "rep");
    let file = scratch("login-tokens", line.as_bytes());
    let server = Server::start(&["--tokens", &file.to_string_lossy()]);
    let own = format!("http://{}", server.address);
    let led = get(&server, "/", &[("accept", "text/html")]);
    assert_eq!((led.status, led.header("location")), (303, Some("/login?next=%2F")));
    let page = get(&server, "/login?next=%2Fx%22%3E%3Cscript%3E", &[("accept", "text/html")]);
    assert_eq!(page.status, 200);
    assert!(page.text().contains("name=\"token\"") && !page.text().contains("<script>"), "{}", page.text());
    // It is a page of the site, and what it needs to look like one is there before the login.
    let style = page.text().split("href=\"").find(|part| part.starts_with("/assets/site.")).unwrap().split('"').next().unwrap();
    assert_eq!(get(&server, style, &[]).status, 200);
    assert!(page.text().contains("<nav aria-label=\"Main\">"), "{}", page.text());

    let form = ("content-type", "application/x-www-form-urlencoded");
    let wrong = post(&server, "/login", &[form, ("origin", &own)], "token=accredit_wrong&next=/");
    assert_eq!((wrong.status, wrong.header("set-cookie")), (401, None));
    assert!(!wrong.text().contains("accredit_wrong"));
    post(&server, "/login", &[form, ("origin", "http://evil.example")], &format!("token={rep}")).problem(403);
    let inside = post(&server, "/login", &[form, ("origin", &own)], &format!("token={rep}&next=//evil.example"));
    assert_eq!((inside.status, inside.header("location")), (303, Some("/")));
    let set = inside.header("set-cookie").unwrap();
    for word in ["__Host-accredit=", "; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/"] {
        assert!(set.contains(word), "{set}");
    }
    assert!(!set.contains(&rep), "the cookie is no token");
    let cookie = set.split(';').next().unwrap();
    assert_eq!(get(&server, "/", &[("cookie", cookie)]).status, 200);
    assert_eq!(post(&server, "/v1/check", &[YAML, ("cookie", cookie), ("origin", &own)], SECRET).status, 200);
    post(&server, "/v1/check", &[YAML, ("cookie", cookie)], SECRET).problem(403);
    post(&server, "/v1/check", &[YAML, ("cookie", cookie), ("origin", "http://evil.example")], SECRET).problem(403);
    let out = post(&server, "/logout", &[("cookie", cookie), ("origin", &own)], "");
    assert_eq!(out.status, 303);
    get(&server, "/v1/rules", &[("cookie", cookie)]).problem(401);
}

#[test]
fn a_proxy_is_believed_from_its_own_address_alone() {
    let proxy = ["--trusted-proxy-header", "x-forwarded-user"];
    let server = Server::start(&proxy);
    assert_eq!(get(&server, "/v1/rules", &[("x-forwarded-user", "ana@example.com")]).status, 200);
    get(&server, "/v1/rules", &[]).problem(401);
    get(&server, "/v1/rules", &[("x-forwarded-user", "")]).problem(401);
    get(&server, "/metrics", &[("x-forwarded-user", "ana")]).problem(403);
    let headers = [YAML, ("x-forwarded-user", "ana"), ("origin", "http://evil.example")];
    post(&server, "/v1/check", &headers, SECRET).problem(403);
    let elsewhere = Server::start(&[proxy.as_slice(), &["--trusted-proxy", "192.0.2.1"]].concat());
    get(&elsewhere, "/v1/rules", &[("x-forwarded-user", "ana")]).problem(401);
}

#[test]
fn every_response_carries_the_headers_that_protect_a_browser() {
    let server = Server::start(&[]);
    let answers = [
        get(&server, "/", &[]),
        get(&server, "/login", &[]),
        get(&server, "/nowhere", &[]),
        post(&server, "/v1/check", &[YAML], SECRET),
    ];
    for answer in answers {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        for part in ["form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.header("server").is_none() && answer.header("access-control-allow-origin").is_none());
    }
}

#[test]
fn one_token_may_send_so_much_and_no_more() {
    let (rep, line) = token("ana", "rep");
    let (other, other_line) = token("ben", "rep");
    let file = scratch("rate-tokens", format!("{line}{other_line}").as_bytes());
    let server = Server::start(&["--tokens", &file.to_string_lossy(), "--rate", "3"]);
    let (rep, other) = (format!("Bearer {rep}"), format!("Bearer {other}"));
    let answers: Vec<Answer> = (0..20).map(|_| get(&server, "/v1/state", &[("authorization", &rep)])).collect();
    let refused = answers.iter().find(|answer| answer.status == 429).expect("twenty at once are more than three a second");
    refused.problem(429);
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    assert!(answers.iter().filter(|answer| answer.status == 200).count() >= 3);
    assert_eq!(get(&server, "/v1/state", &[("authorization", &other)]).status, 200, "others are not held up");
}

#[test]
fn large_bodies_and_heads_are_refused_and_slow_ones_cut_off() {
    let server = Server::start(&[]);
    let large = vec![b' '; (1 << 20) + 1];
    server.post("/v1/check", "application/yaml", &large).problem(413);
    // Without a length the server counts.
    let mut stream = server.connect();
    let head = format!(
        "POST /v1/check HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/yaml\r\ntransfer-encoding: chunked\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = [b"40000\r\n".as_slice(), &vec![b' '; 0x40000], b"\r\n"].concat();
    for _ in 0..5 {
        drop(stream.write_all(&chunk));
    }
    read(&mut stream).unwrap().problem(413);

    let mut stream = server.connect();
    stream.write_all(b"GET /health HTTP/1.1\r\n").unwrap();
    drop(stream.write_all(format!("x: {}\r\n\r\n", "y".repeat(200_000)).as_bytes()));
    let answer = read(&mut stream);
    assert!(answer.as_ref().map_or(true, |answer| answer.status == 431), "{answer:?}");

    // A head that never ends, and a body that never comes: the server ends both, others are answered meanwhile.
    let mut slow_head = server.connect();
    slow_head.write_all(b"GET /health HTTP/1.1\r\nx: ").unwrap();
    let mut slow_body = server.connect();
    let head = format!(
        "POST /v1/check HTTP/1.1\r\nhost: {}\r\ncontent-type: application/yaml\r\ncontent-length: 100\r\n\r\nas",
        server.address
    );
    slow_body.write_all(head.as_bytes()).unwrap();
    assert_eq!(server.get("/health").status, 200);
    let mut rest = Vec::new();
    drop(slow_head.read_to_end(&mut rest));
    assert!(rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&rest));
    let mut first = [0; 12];
    slow_body.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 408");
}

#[test]
fn strange_bytes_are_refused_and_the_server_goes_on() {
    let server = Server::start(&[]);
    for bytes in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(),
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /v1/check HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /%ff%00 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        b"GET /?%ff=%zz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        b"\r\n\r\n\r\n",
    ] {
        let mut stream = server.connect();
        stream.write_all(bytes).unwrap();
        drop(stream.shutdown(std::net::Shutdown::Write));
        let mut rest = Vec::new();
        drop(stream.read_to_end(&mut rest));
        assert!(!rest.starts_with(b"HTTP/1.1 5"), "{}", String::from_utf8_lossy(&rest));
    }
    assert_eq!(server.get("/health").status, 200);
}

#[test]
fn a_server_that_is_told_to_stop_answers_what_is_under_way() {
    let server = Server::start(&[]);
    let mut stream = server.connect();
    let head = format!(
        "POST /v1/check HTTP/1.1\r\nhost: {}\r\ncontent-type: application/yaml\r\ncontent-length: {}\r\n\r\n",
        server.address,
        SECRET.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&SECRET.as_bytes()[..10]).unwrap();
    // The request is under way once the server has seen its head.
    std::thread::sleep(std::time::Duration::from_millis(300));
    let rest = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        stream.write_all(&SECRET.as_bytes()[10..]).unwrap();
        read(&mut stream).unwrap()
    });
    let ended = server.stop();
    assert_eq!(rest.join().unwrap().status, 200);
    assert!(ended.success(), "{ended}");
}
