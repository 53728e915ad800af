/* Fields as pixels: private to core/draw/figure*.c. */
#ifndef ASSAY_CORE_DRAW_FIGURE_RASTER_H
#define ASSAY_CORE_DRAW_FIGURE_RASTER_H
#include "core/draw/figure_layout.h"

/* Whether (x, y), in cells from the lower left corner, is in a solid. smooth: by the distance. */
bool assay_figure_is_solid(const struct assay_figure_grid *g, double x, double y, bool smooth);

/* Fill the place of a panel, and its colour bar if it has one. */
void assay_figure_paint(struct assay_raster to, double scale, const struct figure_place *place,
                        const struct assay_panel *panel, bool smooth);

#endif
