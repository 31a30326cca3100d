/* SPDX-License-Identifier: MIT */
/* Text, time and the other small services. */
#include "fake.h"

#define LOG(format)				\
	do {					\
		va_list args;			\
		va_start(args, format);		\
		nb_vlog(format, args);		\
		va_end(args);			\
	} while (0)

#define LOG_DEV(dev, format)				\
	do {						\
		nb_log("%s: ", device_xname(dev));	\
		LOG(format);				\
	} while (0)

void panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	nb_vpanic(format, args);
}

void kern_assert(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	nb_vpanic(format, args);
}

int printf(const char *format, ...)
{
	LOG(format);
	return 0;
}

void aprint_naive(const char *format, ...)
{
	(void)format;
}

void aprint_normal(const char *format, ...)
{
	LOG(format);
}

void aprint_error(const char *format, ...)
{
	LOG(format);
}

void aprint_verbose(const char *format, ...)
{
	LOG(format);
}

void aprint_debug(const char *format, ...)
{
	(void)format;
}

void aprint_normal_dev(device_t dev, const char *format, ...)
{
	LOG_DEV(dev, format);
}

void aprint_error_dev(device_t dev, const char *format, ...)
{
	LOG_DEV(dev, format);
}

void aprint_verbose_dev(device_t dev, const char *format, ...)
{
	LOG_DEV(dev, format);
}

void aprint_debug_dev(device_t dev, const char *format, ...)
{
	(void)dev;
	(void)format;
}

void device_printf(device_t dev, const char *format, ...)
{
	LOG_DEV(dev, format);
}

void getmicrouptime(struct timeval *tv)
{
	tv->tv_sec = (time_t)(nb_now_ms() / 1000);
	tv->tv_usec = (suseconds_t)(nb_now_ms() % 1000 * 1000);
}

void microuptime(struct timeval *tv)
{
	getmicrouptime(tv);
}

void getnanouptime(struct timespec *ts)
{
	ts->tv_sec = (time_t)(nb_now_ms() / 1000);
	ts->tv_nsec = (long)(nb_now_ms() % 1000 * 1000000);
}

void nanouptime(struct timespec *ts)
{
	getnanouptime(ts);
}

u_int getticks(void)
{
	return (u_int)(nb_now_ms() * (unsigned int)hz / 1000);
}

void delay(unsigned int us)
{
	nb_spend_ms((us + 999) / 1000);
}

int ratecheck(struct timeval *last, const struct timeval *gap)
{
	uint64_t now = nb_now_ms();
	uint64_t then = (uint64_t)last->tv_sec * 1000 +
			(uint64_t)last->tv_usec / 1000;
	uint64_t wanted = (uint64_t)gap->tv_sec * 1000 +
			  (uint64_t)gap->tv_usec / 1000;

	if ((last->tv_sec || last->tv_usec) && now - then < wanted)
		return 0;
	getmicrouptime(last);
	return 1;
}

int ppsratecheck(struct timeval *last, int *count, int most)
{
	static const struct timeval second = { .tv_sec = 1 };

	if (ratecheck(last, &second))
		*count = 0;
	return (*count)++ < most;
}

size_t strlcpy(char *to, const char *from, size_t room)
{
	size_t i = 0;

	for (; room != 0 && i < room - 1 && from[i]; i++)
		to[i] = from[i];
	if (room != 0)
		to[i] = '\0';
	return strlen(from);
}
