mod cli;
mod promise;
mod robustness;
mod trial_folder;
