//! The `accredit` command.
//!
//! In: the command line. Out: an exit code. Owns nothing; every verb lives in `accredit::cli`.

fn main() -> std::process::ExitCode {
    accredit::cli::main()
}
