/** Finding PostgreSQL on this machine, building the extension, and throwaway servers. Says nothing to a server itself. */
export { buildExtension, extensionFolder } from './extension.ts';
export { chooseInstallation, findInstallations, type Installation } from './installation.ts';
export { startServer } from './throwaway.ts';
