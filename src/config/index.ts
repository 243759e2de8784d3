/** regress.yaml: found, checked and with its paths made absolute. */
export { type Config, loadConfig, type PrepareStep, requireSource } from './config.ts';
