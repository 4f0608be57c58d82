pub fn samples() -> Vec<web::Sample> { Vec::new() }
