/* Key `tied` of loops over ranges: parameters that follow from others as products of powers,
 *
 *     tied: {length: {factor: 4, diameter: 1}, frame_interval: {diameter: 1, inlet_velocity: -1}}
 *
 * so that scales of a flow may be swept and what goes with them stays in proportion. Powers are
 * whole or half: multiplication, division and square root give the same bits everywhere. */
#include "datasets/sweep_tied.h"

#include <math.h>
#include <string.h>

#include "core/base/err.h"

static const double power_max = 4;

static bool is_factor(const struct assay_node *node)
{
  return strcmp(node->key, "factor") == 0;
}

static double power(double x, double exponent)
{
  double y = 1;
  const double size = fabs(exponent);
  for (int i = 1; i <= size; i++) y *= x;
  if (size > floor(size)) y *= sqrt(x);
  return exponent < 0 ? 1 / y : y;
}

/* One entry of a rule: the factor, or a parameter with its power. */
static int check_entry(const struct assay_node *node, const struct assay_param *table)
{
  int rc = ASSAY_OK;
  double number = 0;
  ASSAY_TRY(assay_node_double(&number, node));
  if (is_factor(node)) return rc;
  const struct assay_param *row = assay_param_find(table, node->key);
  if (!row)
    return assay_err_prefix(assay_param_set(table, NULL, node->key, ""),
                            "%s:%d:%d: tied: ", node->file, node->line, node->column);
  if (row->type != ASSAY_PT_DOUBLE && row->type != ASSAY_PT_INT)
    return assay_node_fail(node, ASSAY_EARG, "tied: %s is not a number", node->key);
  if (!(fabs(number) <= power_max && 2 * number == floor(2 * number)))
    return assay_node_fail(node, ASSAY_EARG,
                           "tied: power of %s: expected a multiple of 1/2 from -%g to %g, got %s",
                           node->key, power_max, power_max, node->text);
done:
  return rc;
}

int assay_sweep_tie_check(const struct assay_node *rule, const struct assay_param *table)
{
  int rc = ASSAY_OK;
  if (rule->kind != ASSAY_NODE_MAPPING || rule->n == 0)
    return assay_node_fail(rule, ASSAY_EPARSE, "tied: %s: expected {factor: c, parameter: power}",
                           rule->key);
  for (const struct assay_node *node = rule->first; node; node = node->next)
    ASSAY_TRY(check_entry(node, table));
done:
  return rc;
}

/* A rule may use what stands before it, not itself nor what comes later. */
int assay_sweep_ties_ordered(const struct assay_node *ties)
{
  for (const struct assay_node *rule = ties->first; rule; rule = rule->next)
    for (const struct assay_node *later = rule; later; later = later->next) {
      const struct assay_node *used = assay_node_get(rule, later->key);
      if (used)
        return assay_node_fail(used, ASSAY_EARG, "tied: %s is not known before %s", later->key,
                               rule->key);
    }
  return ASSAY_OK;
}

int assay_sweep_tie_value(double *out, const struct assay_node *rule,
                          const struct assay_param *table, const void *params)
{
  int rc = ASSAY_OK;
  double number = 0, y = 1;
  for (const struct assay_node *node = rule->first; node; node = node->next) {
    ASSAY_TRY(assay_node_double(&number, node));
    y *= is_factor(node)
             ? number
             : power(assay_param_number(assay_param_find(table, node->key), params), number);
  }
  *out = y;
done:
  return rc;
}
