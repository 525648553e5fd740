//! Goes through every operation of one agent with the official Rust client: `client SCENE BINDING`.
//! Prints one line of JSON for each of the scene's operations: whether it was as A2A 1.0 says, and if not, why.

use std::error::Error;

use rust_sdk::{Operations, Scene, sdk};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let [_, scene, binding] = std::env::args().collect::<Vec<_>>().try_into().map_err(|_| "client SCENE BINDING")?;
    let scene: Scene = serde_json::from_str(&scene)?;
    let operations = Operations::of(scene, &binding).await?;
    for name in &operations.scene().operations {
        let (result, why) = match operations.perform(name).await {
            Ok(()) => ("ok", String::new()),
            Err(why) => ("failed", why.chars().take(400).collect()),
        };
        let cell = json!({
            "client": "rust", "sdk": sdk(), "server": operations.scene().server, "binding": binding,
            "operation": name, "result": result, "why": why,
        });
        println!("{cell}");
    }
    Ok(())
}
