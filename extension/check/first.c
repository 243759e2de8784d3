/*-------------------------------------------------------------------------
 *
 * first.c
 *	  Makes the address sanitizer begin before any other library does.
 *
 * The server is linked to libraries whose constructors take glibc's lock on
 * message catalogs before a sanitizer that is only preloaded has begun, and it
 * then waits for that lock for ever.  This is built with -z initfirst.
 *
 *-------------------------------------------------------------------------
 */
#include <stdlib.h>

__attribute__((constructor)) static void
begin(void)
{
	void	   *volatile memory = malloc(1);

	free(memory);
}
