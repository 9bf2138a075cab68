const white = {
  fill: 'none',
  stroke: '#fff',
  'stroke-width': '2.4',
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
};
const disc = (fill) => ({ d: 'M10 2a8 8 0 100 16 8 8 0 000-16z', fill });
const tile = (fill) => ({ d: 'M5 2h10a3 3 0 013 3v10a3 3 0 01-3 3H5a3 3 0 01-3-3V5a3 3 0 013-3z', fill });

/** Signs that tell a status are drawn, so that they look the same on a machine without an emoji font. */
export const signs = {
  white_check_mark: [tile('#1f9d55'), { d: 'M5.5 10.5l3 3 6-7', ...white }],
  heavy_check_mark: [{ d: 'M4 10.5l4 4 8-9', ...white, stroke: '#1f9d55', 'stroke-width': '3' }],
  x: [{ d: 'M5 5l10 10M15 5L5 15', ...white, stroke: '#e02d3c', 'stroke-width': '3.4' }],
  warning: [
    { d: 'M10 2.5l8.5 15h-17z', fill: '#f5b400', stroke: '#f5b400', 'stroke-width': '1.5', 'stroke-linejoin': 'round' },
    { d: 'M10 8v4M10 14.8v.2', ...white, stroke: '#3a2a00', 'stroke-width': '2' },
  ],
  no_entry: [disc('#e02d3c'), { d: 'M6 10h8', ...white, 'stroke-width': '3' }],
  no_entry_sign: [{ d: 'M10 3a7 7 0 100 14 7 7 0 000-14zM5.2 5.2l9.6 9.6', ...white, stroke: '#e02d3c' }],
  octagonal_sign: [
    { d: 'M6.7 2h6.6L18 6.7v6.6L13.3 18H6.7L2 13.3V6.7z', fill: '#e02d3c' },
    { d: 'M6 10h8', ...white },
  ],
  double_vertical_bar: [tile('#3b76d8'), { d: 'M7.8 6.5v7M12.2 6.5v7', ...white }],
  arrow_forward: [tile('#3b76d8'), { d: 'M8 6l6 4-6 4z', fill: '#fff' }],
  information_source: [tile('#3b76d8'), { d: 'M10 9.5v4.5M10 6v.2', ...white }],
  question: [{ d: 'M7 7a3 3 0 115 2.3c-1.2.8-2 1.400-2 2.700M10 15.800v.2', ...white, stroke: '#e02d3c' }],
  exclamation: [{ d: 'M10 4v7M10 15.500v.2', ...white, stroke: '#e02d3c', 'stroke-width': '3' }],
  rocket: [
    { d: 'M8 14l-3.500 1.200L6 11.500zM13.500 12l-.8 4-3.200-2.800zM8 6.500l-4 .8 2.800 3.200z', fill: '#e02d3c' },
    { d: 'M17.500 2.500c-5 0-8.500 3-10.500 8l2.500 2.500c5-2 8-5.500 8-10.500z', fill: '#8796aa' },
    { d: 'M13 5.200a1.800 1.800 0 100 3.600 1.800 1.800 0 000-3.600z', fill: '#2b5fb3' },
    { d: 'M5 13c-2 .5-2.500 2.500-2.500 4.500 2 0 4-.5 4.500-2.500z', fill: '#f5b400' },
  ],
  hourglass: [
    { d: 'M5 3h10M5 17h10', ...white, stroke: '#a06a1c' },
    { d: 'M6 4h8c0 3-1 4.500-3 6 2 1.500 3 3 3 6H6c0-3 1-4.500 3-6-2-1.500-3-3-3-6z', fill: '#bfd3e6' },
    { d: 'M7.500 6.500h5L10 9.500zM7 16c0-2 1.500-3 3-3.500 1.500.5 3 1.500 3 3.500z', fill: '#e39a1d' },
  ],
  lock: [
    { d: 'M6.500 9V6.500a3.500 3.500 0 017 0V9', ...white, stroke: '#8796aa', 'stroke-width': '2' },
    { d: 'M5 9h10v8.500H5z', fill: '#f0a818' },
    { d: 'M10 12v2.500', ...white, stroke: '#5c3d00', 'stroke-width': '2' },
  ],
  unlock: [
    { d: 'M6.500 9V5.500a3.200 3.200 0 016.200-1', ...white, stroke: '#8796aa', 'stroke-width': '2' },
    { d: 'M5 9h10v8.500H5z', fill: '#f0a818' },
  ],
  arrows_counterclockwise: [
    tile('#3b76d8'),
    {
      d: 'M6 8.500a4.500 4.500 0 018-.5M14 5.500V8h-2.500M14 11.500a4.500 4.500 0 01-8 .5M6 14.500V12h2.500',
      ...white,
      'stroke-width': '1.7',
    },
  ],
  rewind: [tile('#3b76d8'), { d: 'M10 6v8l-5-4zM15 6v8l-5-4z', fill: '#fff' }],
  fast_forward: [tile('#3b76d8'), { d: 'M10 6v8l5-4zM5 6v8l5-4z', fill: '#fff' }],
  next_track_button: [tile('#3b76d8'), { d: 'M5 6v8l4-4zM9 6v8l4-4zM13.500 6h1.500v8h-1.500z', fill: '#fff' }],
  stop_button: [tile('#3b76d8'), { d: 'M7 7h6v6H7z', fill: '#fff' }],
  leftwards_arrow_with_hook: [
    tile('#3b76d8'),
    { d: 'M8 7l-3 3 3 3M5.500 10H12a2.500 2.500 0 000-5', ...white, 'stroke-width': '1.8' },
  ],
  rotating_light: [
    { d: 'M4.500 14a5.500 5.500 0 0111 0z', fill: '#e02d3c' },
    { d: 'M3.500 14h13v3h-13z', fill: '#55606e' },
    {
      d: 'M10 2.500v2.500M3.500 5l1.700 1.700M16.500 5l-1.700 1.700',
      ...white,
      stroke: '#f07d1a',
      'stroke-width': '1.8',
    },
  ],
  package: [
    { d: 'M10 2l7.500 3.800v8.400L10 18l-7.500-3.800V5.800z', fill: '#c48a4a' },
    { d: 'M2.500 5.800L10 9.500l7.500-3.700M10 9.500V18', ...white, stroke: '#8a5a25', 'stroke-width': '1.3' },
  ],
  anchor: [
    {
      d: 'M10 7v10M6.500 9h7M3.500 11.500c0 3.500 3 5.500 6.500 5.500s6.500-2 6.500-5.500M10 3a2 2 0 100 4 2 2 0 000-4z',
      ...white,
      stroke: '#3b76d8',
      'stroke-width': '1.9',
    },
  ],
  bell: [
    {
      d: 'M10 2.500c-3 0-5 2.200-5 5.500 0 3-1 4.500-2 5.500h14c-1-1-2-2.500-2-5.500 0-3.300-2-5.500-5-5.500zM8 15h4a2 2 0 01-4 0z',
      fill: '#f0a818',
    },
  ],
  red_circle: [disc('#e02d3c')],
  large_green_circle: [disc('#1f9d55')],
  large_yellow_circle: [disc('#f5b400')],
  large_orange_circle: [disc('#f07d1a')],
  large_blue_circle: [disc('#3b76d8')],
  large_purple_circle: [disc('#8a4fd0')],
  white_circle: [{ ...disc('#e3e6ea'), stroke: '#9aa2ad' }],
  black_circle: [{ ...disc('#30353c'), stroke: '#9aa2ad' }],
  large_green_square: [tile('#1f9d55')],
  large_red_square: [tile('#e02d3c')],
  large_yellow_square: [tile('#f5b400')],
  large_blue_square: [tile('#3b76d8')],
  white_large_square: [{ ...tile('#e3e6ea'), stroke: '#9aa2ad' }],
};
export const aliases = {
  pause_button: 'double_vertical_bar',
  hourglass_flowing_sand: 'hourglass',
  hourglass_not_done: 'hourglass',
  black_square_for_stop: 'stop_button',
  repeat: 'arrows_counterclockwise',
  stop_sign: 'octagonal_sign',
  large_orange_square: 'large_yellow_square',
};
