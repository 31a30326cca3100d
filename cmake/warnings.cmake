# SPDX-License-Identifier: MIT

# What the core compiles with.
set(USBIF_CORE_WARNINGS -Wall -Wextra -Wswitch-enum -Wmissing-prototypes
	-Wdeclaration-after-statement -Wvla -Wconversion -Wshadow)

# Everything else: the same, but for implicit conversions.
set(USBIF_OTHER_WARNINGS ${USBIF_CORE_WARNINGS})
list(REMOVE_ITEM USBIF_OTHER_WARNINGS -Wconversion)

if(USBIF_WERROR)
	list(APPEND USBIF_CORE_WARNINGS -Werror)
	list(APPEND USBIF_OTHER_WARNINGS -Werror)
endif()
