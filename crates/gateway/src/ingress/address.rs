//! Which addresses count as one client.

use std::net::IpAddr;

/// An IPv4 address, or the /64 that a host of IPv6 chooses its addresses from.
pub fn network_of(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6) >> 64 << 64,
    }
}
