/** A change of the storefront whose plans are then executed. */
export interface Mutation {
  readonly name: string;
  readonly kind: 'dropped index' | 'lost statistics' | 'changed setting' | 'new index';
  /** Run in a transaction that is rolled back. */
  readonly sql: string;
}

const dropped = (name: string, schema = 'public'): Mutation => ({
  name: `without index ${name}`,
  kind: 'dropped index',
  sql: `DROP INDEX ${schema}.${name}`,
});

const forgotten = (name: string): Mutation => ({
  name: `without statistics object ${name}`,
  kind: 'lost statistics',
  sql: `DROP STATISTICS ${name}`,
});

const set = (setting: string, value: string): Mutation => ({
  name: `${setting} = ${value}`,
  kind: 'changed setting',
  sql: `SET LOCAL ${setting} = '${value}'`,
});

/** What is lost when a table is not analyzed, or a column has too small a statistics target. */
const lost = (name: string, sql: string): Mutation => ({ name, kind: 'lost statistics', sql });

const added = (name: string, sql: string): Mutation => ({ name, kind: 'new index', sql });

export const MUTATIONS: readonly Mutation[] = [
  dropped('orders_customer_id_placed_at_idx'),
  dropped('orders_placed_at_idx'),
  dropped('orders_open_idx'),
  dropped('orders_metadata_idx'),
  dropped('order_items_variant_id_idx'),
  dropped('shipments_order_id_idx'),
  dropped('products_category_id_popularity_idx'),
  dropped('products_search_idx'),
  dropped('customers_email_key'),
  dropped('reviews_product_id_created_at_idx'),
  dropped('sessions_customer_id_idx'),
  dropped('addresses_customer_id_idx'),
  dropped('events_customer_id_occurred_at_idx', 'analytics'),
  dropped('events_occurred_at_brin', 'analytics'),
  forgotten('addresses_place_stats'),
  forgotten('products_brand_category_stats'),
  forgotten('orders_status_channel_stats'),
  forgotten('payments_method_status_stats'),
  forgotten('orders_day_stats'),
  lost(
    'orders.customer_id with a statistics target of 1',
    'ALTER TABLE orders ALTER customer_id SET STATISTICS 1; ANALYZE orders (customer_id)',
  ),
  lost('order_items without statistics', "DELETE FROM pg_statistic WHERE starelid = 'order_items'::regclass"),
  lost(
    'n_distinct of order_items.order_id set to 100',
    'ALTER TABLE order_items ALTER order_id SET (n_distinct = 100); ANALYZE order_items (order_id)',
  ),
  set('random_page_cost', '8'),
  set('work_mem', '64kB'),
  set('effective_cache_size', '8MB'),
  set('max_parallel_workers_per_gather', '0'),
  set('enable_hashjoin', 'off'),
  set('join_collapse_limit', '1'),
  set('cpu_tuple_cost', '0.5'),
  added('an index on orders (status)', 'CREATE INDEX ON orders (status)'),
];
