//! The table of REQUIRED fields against the descriptor; the official SDK's annotations are held against it elsewhere.

use prost_reflect::DescriptorPool;

#[test]
fn every_field_of_the_table_is_one_of_its_message() {
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    for (message, field) in cards::required_fields() {
        let described =
            pool.get_message_by_name(&format!("lf.a2a.v1.{message}")).unwrap_or_else(|| panic!("{message}"));
        let found = described.get_field_by_json_name(field).unwrap_or_else(|| panic!("{message}.{field}"));
        assert!(!found.supports_presence() || found.kind().as_message().is_some(), "{message}.{field} is optional");
    }
}
