use accredit::{source::*, syntax, diagnostic};
fn main() {
    let mut map = SourceMap::default();
    let mut all = Vec::new();
    let t = std::time::Instant::now();
    let mut bytes = 0;
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap();
        bytes += text.len();
        let id = map.add(SourceFile::new(path, text));
        let (s, f) = syntax::parse(id, map.file(id).unwrap());
        all.extend(f);
        eprintln!("{} items", s.items.len());
    }
    eprintln!("{} bytes in {:?}", bytes, t.elapsed());
    print!("{}", diagnostic::human(&all, &map, false, 80));
}
