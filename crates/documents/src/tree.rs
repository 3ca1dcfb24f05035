//! The structure of a document as a screen reader hears it: headings, paragraphs, tables with header cells.
//!
//! Knows roles and order, not positions.

/// What a part of the document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The whole.
    Document,
    /// A group without meaning of its own: one column of two.
    Group,
    /// A heading, 1 is the document's name.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A table.
    Table,
    /// The head of a table.
    TableHead,
    /// The body of a table.
    TableBody,
    /// A row.
    Row,
    /// A cell that names its column.
    ColumnHeader,
    /// A cell that names its row.
    RowHeader,
    /// A cell with data.
    Cell,
}

/// Position of a node in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeId(pub(crate) usize);

/// A part of the document with its children in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub role: Role,
    /// Parts of it.
    pub children: Vec<NodeId>,
    /// The text items it owns: (page, item on that page).
    pub content: Vec<(usize, usize)>,
}

/// All nodes; the first is the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// The nodes by id.
    pub nodes: Vec<Node>,
}

impl Default for Tree {
    fn default() -> Self {
        Self { nodes: vec![Node { role: Role::Document, children: Vec::new(), content: Vec::new() }] }
    }
}

impl Tree {
    /// The document itself.
    pub const ROOT: NodeId = NodeId(0);

    /// Adds a part as the last child of `parent`.
    pub fn add(&mut self, parent: NodeId, role: Role) -> NodeId {
        let id = NodeId(self.nodes.len());
        self.nodes.push(Node { role, children: Vec::new(), content: Vec::new() });
        if let Some(parent) = self.nodes.get_mut(parent.0) {
            parent.children.push(id);
        }
        id
    }

    /// Notes that an item of a page belongs to `node`.
    pub(crate) fn own(&mut self, node: NodeId, page: usize, item: usize) {
        if let Some(node) = self.nodes.get_mut(node.0) {
            node.content.push((page, item));
        }
    }

    /// The node.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0)
    }
}
