/** regress.yaml: found, checked and with its paths made absolute. */
export { type Config, defaultConfig, loadConfig, requireSource } from './config.ts';
