/** regress.yaml: found, checked and with its paths made absolute. */
export { type Config, defaultConfig, requireSource } from './config.ts';
export { loadConfig, loadProjects, type Project } from './projects.ts';
