//! The command `vnetlint`: see the library's [`vnetlint::cli`].

fn main() -> std::process::ExitCode {
    vnetlint::cli::main()
}
