//! Compiles the generated parser and the scanner beside it.

fn main() {
    let mut build = cc::Build::new();
    build.std("c11").include("src").warnings(false);
    if build.get_compiler().is_like_msvc() {
        build.flag("-utf-8");
    }
    // A parser that is not optimised is several times slower, and tests read real files with it.
    build.opt_level_str(match std::env::var("OPT_LEVEL").as_deref() {
        Ok("0") | Err(_) => "2",
        Ok("s" | "z") => "s",
        Ok(_) => "3",
    });
    for source in ["src/parser.c", "src/scanner.c"] {
        build.file(source);
        println!("cargo:rerun-if-changed={source}");
    }
    build.compile("tree-sitter-bicep");
}
