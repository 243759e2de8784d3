/**
 * Whether a path is that of a stream the process was given, such as `/dev/stdout`, or `/dev/fd/63` of a shell's `>(…)`. Only a
 * user can name one: a link of the project to it leads out of the project.
 */
export function isStandardStream(path: string): boolean {
  return /^\/(?:dev\/(?:stdin|stdout|stderr|null|full|tty|pts\/\d+|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(path);
}
