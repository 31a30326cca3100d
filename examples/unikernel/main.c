/* SPDX-License-Identifier: MIT */
/* The kernel: use what is at port 1, for ever, until the toolstack says no. */
#include "hypercall.h"
#include "kernel.h"
#include "usb.h"

#include <xen/arch-x86/hvm/start_info.h>

#define CLASS_HID	3
#define CLASS_STORAGE	8
#define SCSI		6
#define BULK_ONLY	80
#define BOOT		1
#define KEYBOARD	1

extern uint8_t image_start[], image_end[], memory_end[];
extern uint8_t stack[], stack_end[];
void kernel_main(const struct hvm_start_info *start);

static struct shim shim;

/* The domain's memory, as Xen's domain builder tells. */
static uint32_t domain_kib(const struct hvm_start_info *start)
{
	const struct hvm_memmap_table_entry *map =
		(const void *)start->memmap_paddr;
	uint64_t octets = 0;
	uint32_t i;

	for (i = 0; start->version >= 1 && i < start->memmap_entries; i++)
		if (map[i].type == XEN_HVM_MEMMAP_TYPE_RAM)
			octets += map[i].size;
	return (uint32_t)(octets / 1024);
}

static void print_size(const struct hvm_start_info *start)
{
	platform_print("unikernel: image %u octets, memory %u KiB, of it %u KiB for the backend and %u for the front; the domain has %u KiB\n",
		       (uint32_t)(image_end - image_start),
		       (uint32_t)(memory_end - image_start) / 1024,
		       SHIM_PAGES * PLATFORM_PAGE / 1024,
		       (uint32_t)sizeof(struct shim) / 1024,
		       domain_kib(start));
}

/* The stack was zero at first; it grows down. */
static void print_state(void)
{
	const uint8_t *lowest = stack;

	while (*lowest == 0)
		lowest++;
	platform_print("unikernel: %u URBs in %u requests, %u came back unexecuted, %u restarts, %u faults; %u octets of stack\n",
		       shim.count.urbs, shim.count.requests,
		       shim.count.returned, shim.count.restarts,
		       shim.count.faults,
		       (uint32_t)(stack_end - lowest));
}

static void use(struct usb_device *d)
{
	if (d->class == CLASS_STORAGE && d->subclass == SCSI &&
	    d->protocol == BULK_ONLY)
		storage_run(d);
	else if (d->class == CLASS_HID && d->subclass == BOOT &&
		 d->protocol == KEYBOARD)
		keyboard_start(d);
	else
		platform_print("  no driver for it\n");
}

static bool is_told_to_stop(void)
{
	char why[16];

	if (!platform_xs_read(0, "control/shutdown", why, sizeof(why)) ||
	    why[0] == 0)
		return false;
	platform_xs_write(0, "control/shutdown", "");
	platform_print("unikernel: %s\n", why);
	return true;
}

/* Something has come to the port, or gone from it, or both. */
static void port_has_changed(struct usb_device *d)
{
	uint32_t status = usb_port_status(&shim);
	int err;

	usb_port_acknowledge(&shim, (uint16_t)(status >> 16));
	if (!(status & USBIF_PORT_CONNECTION)) {
		platform_print("port %u: empty\n", USB_PORT);
		return;
	}
	err = usb_enumerate(&shim, d);
	if (err < 0)
		platform_print("port %u: given up: %s\n", USB_PORT,
			       usb_error(err));
	else
		use(d);
	print_state();
}

void kernel_main(const struct hvm_start_info *start)
{
	struct sched_shutdown poweroff = { .reason = SHUTDOWN_poweroff };
	static struct usb_device device;

	events_start();
	console_start();
	xenstore_start();
	grants_start();
	print_size(start);
	platform_xs_watch("control/shutdown");
	shim_start(&shim);
	while (!shim_is_gone(&shim) || !shim.leaving) {
		if (usb_port_status(&shim) >> 16 & USBIF_PORT_C_CONNECTION)
			port_has_changed(&device);
		else
			shim_round(&shim, PLATFORM_NEVER);
		if (!shim.leaving && is_told_to_stop())
			shim_stop(&shim);
	}
	print_state();
	sched_op(SCHEDOP_shutdown, &poweroff);
}
