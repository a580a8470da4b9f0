namespace Attune.Metrics;

/// <summary>Which prefixes the tags of a sequence have, and which of them open, continue and close an entity.</summary>
public enum TagScheme
{
    /// <summary>B, I, O; B opens only where an entity of the same type precedes.</summary>
    IOB1,

    /// <summary>B, I, O; every entity opens with B.</summary>
    IOB2,

    /// <summary>I, E, O; E closes only where an entity of the same type follows.</summary>
    IOE1,

    /// <summary>I, E, O; every entity closes with E.</summary>
    IOE2,

    /// <summary>B, I, E, S, O; S is a whole entity.</summary>
    IOBES,

    /// <summary>B, I, L, U, O; L closes, U is a whole entity.</summary>
    BILOU,
}
