namespace Attune.Data;

/// <summary>A way in which columns hold an example. One form is one file of code; <see cref="ExampleForms"/> knows them all.</summary>
public interface IExampleForm
{
    /// <summary>The name that a recipe uses.</summary>
    string Name { get; }

    /// <summary>What its rows look like, for messages: <c>{"prompt", "completion"}</c>.</summary>
    string Looks { get; }

    /// <summary>Whether a row's columns are those of this form. The columns that it needs must be there; further ones do not matter.</summary>
    /// <param name="row">The row.</param>
    bool Fits(DataRow row);

    /// <summary>The example that a row holds, or null where a text that it needs is empty.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="AttuneException">The row cannot be read (<see cref="BadRowException"/>).</exception>
    Example? Read(DataRow row);
}
