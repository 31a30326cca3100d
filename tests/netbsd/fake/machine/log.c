/* SPDX-License-Identifier: MIT */
/* The console, and what happens when the kernel panics. */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONSOLE_OCTETS	65536u

static char console[CONSOLE_OCTETS];
static size_t used;

int nb_vformat(char *to, size_t room, const char *format, va_list args)
{
	return vsnprintf(to, room, format, args);
}

void nb_vlog(const char *format, va_list args)
{
	char text[512];
	size_t n;

	vsnprintf(text, sizeof(text), format, args);
	n = strlen(text);
	if (getenv("NB_CONSOLE"))
		fputs(text, stderr);
	if (used + n >= CONSOLE_OCTETS)
		used = 0;
	memcpy(console + used, text, n + 1);
	used += n;
}

void nb_log(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	nb_vlog(format, args);
	va_end(args);
}

unsigned int nb_log_count(const char *text)
{
	const char *at = console;
	unsigned int n = 0;

	while ((at = strstr(at, text)) != NULL) {
		n++;
		at++;
	}
	return n;
}

bool nb_log_has(const char *text)
{
	return nb_log_count(text) != 0;
}

void nb_log_forget(void)
{
	used = 0;
	console[0] = '\0';
}

/* Not by the libc's abort message: what is printed last is why. */
void nb_vpanic(const char *format, va_list args)
{
	static bool panicking;

	if (!panicking) {
		panicking = true;
		sched_tell();
		fprintf(stderr, "%s\n%s\n", console, nb_where());
	}
	fprintf(stderr, "panic: ");
	vfprintf(stderr, format, args);
	fprintf(stderr, "\n");
	fflush(NULL);
	abort();
}

void nb_panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	nb_vpanic(format, args);
}
