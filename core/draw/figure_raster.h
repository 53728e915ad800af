/* Fields as pixels: private to core/draw/figure*.c. */
#ifndef ASSAY_CORE_DRAW_FIGURE_RASTER_H
#define ASSAY_CORE_DRAW_FIGURE_RASTER_H
#include "core/draw/figure_layout.h"

/* Fill the place of a panel, and its colour bar if it has one. */
void assay_figure_paint(struct assay_raster to, double scale, const struct figure_place *place,
                        const struct assay_panel *panel, bool smooth);

#endif
