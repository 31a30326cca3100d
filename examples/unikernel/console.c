/* SPDX-License-Identifier: MIT */
/* Xen's console, for output only. */
#include <stdarg.h>

#include "hypercall.h"
#include "kernel.h"

#include <xen/io/console.h>

static struct xencons_interface *ring;
static uint32_t channel;

void console_start(void)
{
	ring = (void *)(hvm_param(HVM_PARAM_CONSOLE_PFN) << 12);
	channel = (uint32_t)hvm_param(HVM_PARAM_CONSOLE_EVTCHN);
}

/* When there is no room xenconsoled gets a while to make some. */
static void put(char c)
{
	XENCONS_RING_IDX at = ring->out_prod;

	while (at - usbif_load32(&ring->out_cons) >= sizeof(ring->out)) {
		platform_event_notify((int32_t)channel);
		event_wait(&channel, 1, platform_now_ms() + 10);
		event_take(channel);
	}
	ring->out[MASK_XENCONS_IDX(at, ring->out)] = c;
	USBIF_WMB();
	usbif_store32(&ring->out_prod, at + 1);
}

static void put_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			put('\r');
		put(*text);
	}
}

static void put_number(uint32_t number, uint32_t base, uint32_t width)
{
	char digits[12];
	uint32_t at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = "0123456789abcdef"[number % base];
		number /= base;
	} while (number > 0 || sizeof(digits) - 1 - at < width);
	put_text(digits + at);
}

static void put_signed(int number)
{
	if (number < 0)
		put('-');
	put_number(number < 0 ? -(uint32_t)number : (uint32_t)number, 10, 0);
}

void platform_print(const char *format, ...)
{
	char one[2] = "";
	uint32_t width;
	va_list args;

	va_start(args, format);
	for (; *format; format++) {
		one[0] = *format;
		if (*format != '%') {
			put_text(one);
			continue;
		}
		for (width = 0; format[1] >= '0' && format[1] <= '9'; format++)
			width = (uint32_t)(format[1] - '0');
		format++;
		if (*format == 's')
			put_text(va_arg(args, const char *));
		else if (*format == 'd')
			put_signed(va_arg(args, int));
		else if (*format == '%')
			put('%');
		else
			put_number(va_arg(args, unsigned int),
				   *format == 'x' ? 16 : 10, width);
	}
	va_end(args);
	platform_event_notify((int32_t)channel);
}
