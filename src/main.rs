//! The command `vnetlint`: see the library's [`vnetlint::cli`].

/// Values are many and small, and are made and dropped on every thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    vnetlint::cli::main()
}
