/* SPDX-License-Identifier: MIT */
/* xusb as a module of a kernel that has usb(4) and xenbus. */
#include <sys/cdefs.h>
__KERNEL_RCSID(0, "$NetBSD$");

#include <sys/param.h>
#include <sys/device.h>
#include <sys/errno.h>
#include <sys/module.h>

MODULE(MODULE_CLASS_DRIVER, xusb, NULL);

#include "ioconf.c"
#include "xusbvar.h"

/* "usb* at xusb?", which xusb.ioconf cannot say: usb(4) has its driver. */
static const struct cfparent xusb_usbus = { "usbus", "xusb", DVUNIT_ANY };

static struct cfdata xusb_usb[] = {
	{
		.cf_name = "usb",
		.cf_atname = "usb",
		.cf_unit = 0,
		.cf_fstate = FSTATE_STAR,
		.cf_pspec = &xusb_usbus,
	},
	{ .cf_name = NULL },
};

static int
xusb_module_init(void)
{
	int error = config_cfdata_attach(xusb_usb, 0);

	if (error != 0)
		return error;
	error = config_init_component(cfdriver_ioconf_xusb,
	    cfattach_ioconf_xusb, cfdata_ioconf_xusb);
	if (error != 0)
		(void)config_cfdata_detach(xusb_usb);
	return error;
}

/* Refuses while a device of a controller is in use. */
static int
xusb_module_fini(void)
{
	int error = config_fini_component(cfdriver_ioconf_xusb,
	    cfattach_ioconf_xusb, cfdata_ioconf_xusb);

	if (error != 0)
		return error;
	xusb_vigil_stop();
	return config_cfdata_detach(xusb_usb);
}

static int
xusb_modcmd(modcmd_t cmd, void *opaque)
{
	switch (cmd) {
	case MODULE_CMD_INIT:
		return xusb_module_init();
	case MODULE_CMD_FINI:
		return xusb_module_fini();
	default:
		return ENOTTY;
	}
}
