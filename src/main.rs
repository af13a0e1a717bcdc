use accredit::{check, diagnostic, source::*, syntax};
fn main() {
    let mut map = SourceMap::default();
    let mut all = Vec::new();
    let t = std::time::Instant::now();
    let mut bytes = 0;
    let mut tree = syntax::Syntax::default();
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap();
        bytes += text.len();
        let id = map.add(SourceFile::new(path, text));
        let (s, f) = syntax::parse(id, map.file(id).unwrap());
        all.extend(f);
        tree.items.extend(s.items);
    }
    eprintln!("{} bytes in {:?}", bytes, t.elapsed());
    let c = check::check(&tree);
    eprintln!("checked in {:?}", t.elapsed());
    all.extend(c.findings);
    for f in &all {
        println!("{}: {}: {} {:?}", map.at(f.span()), f.code.name, f.headline, f.help);
    }
    eprintln!("{} decisions {} facts {} slots", c.program.decisions.len(), c.program.facts.len(), c.program.slots.len());
}
