/** Finds and checks regress.yaml, and makes its paths absolute. */
export { type Config, defaultConfig, requireSource } from './config.ts';
export { loadConfig, loadProjects, type Project } from './projects.ts';
