/**
 * Whether a path names a stream that the process inherited, such as `/dev/stdout`, or `/dev/fd/63` from a shell's `>(…)`.
 * Only users can name one, because a link from the project to it leads out of the project.
 */
export function isStandardStream(path: string): boolean {
  return /^\/(?:dev\/(?:stdin|stdout|stderr|null|full|tty|pts\/\d+|fd\/\d+)|proc\/self\/fd\/\d+)$/.test(path);
}
